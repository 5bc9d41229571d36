import proto from '@temporalio/proto';
import { connectClient, type TemporalClient } from '../../config/temporal.ts';
import type { Environment } from '../../config/settings.ts';
import { TASK_QUEUE } from '../../core/names.ts';
import { attributes } from '../../workflows/messages.ts';
import { failed, ok, skipped, type Check, type Finding } from './check.ts';

type Look = (temporal: TemporalClient) => Promise<Finding>;

/** Whether Temporal answers, knows what runs are searched by, and has a worker. */
export function temporalChecks(variables: Environment): Check[] {
  return [
    {
      name: 'Temporal',
      look: async () => closing(await connectClient(variables), namespaceOf),
    },
    { name: 'Search attributes', look: () => afterTemporal(variables, searchAttributes) },
    { name: 'Worker', look: () => afterTemporal(variables, worker) },
  ];
}

/** One fault is told once: without Temporal there is nothing else to look at. */
async function afterTemporal(variables: Environment, look: Look): Promise<Finding> {
  const temporal = await connectClient(variables).catch(() => undefined);
  return temporal === undefined ? skipped('Temporal does not answer') : await closing(temporal, look);
}

async function closing(temporal: TemporalClient, look: Look): Promise<Finding> {
  try {
    return await look(temporal);
  } finally {
    await temporal.close();
  }
}

async function namespaceOf({ client, address, namespace }: TemporalClient): Promise<Finding> {
  try {
    await client.workflowService.describeNamespace({ namespace });
    return ok(`${address}, namespace ${namespace}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(
      'SettingsInvalid',
      `${address} has no namespace ${namespace} for this caller (${why})`,
      'set TEMPORAL_NAMESPACE to one that is there and, where the server asks for it, TEMPORAL_API_KEY',
    );
  }
}

async function searchAttributes({ client, namespace }: TemporalClient): Promise<Finding> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const names = Object.values(attributes).map(({ name }) => name);
  const missing = Object.values(attributes).filter(({ name }) => customAttributes[name] === undefined);
  if (missing.length === 0) return ok(names.join(', '));
  const commands = missing.map(({ name, type }) => {
    const word = type === 'DOUBLE' ? 'Double' : 'Keyword';
    return `temporal operator search-attribute create --name ${name} --type ${word}`;
  });
  return failed(
    'SettingsInvalid',
    `the server does not know ${missing.map(({ name }) => name).join(', ')}`,
    commands.join('\n'),
  );
}

async function worker({ client, namespace }: TemporalClient): Promise<Finding> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  if (pollers.length > 0) return ok(`${pollers.length} polling ${TASK_QUEUE}`);
  return failed('Unreachable', `no worker polls ${TASK_QUEUE}`, "start one with 'crossfold up' or 'crossfold worker'");
}
