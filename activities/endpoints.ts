import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListTagsCommand,
  UpdateEndpointCommand,
  type DescribeEndpointOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { Context } from '@temporalio/activity';
import { CrossfoldError } from '../core/errors.ts';
import { ifFound, toCrossfoldError } from './aws-errors.ts';
import type { ActivityDeps } from './deps.ts';
import { teller, type Tell } from './heartbeat.ts';

/** An endpoint and the config that it is to serve. */
export interface EndpointTarget {
  readonly endpoint: string;
  readonly config: string;
}

/** The tag of an endpoint config that says which one the endpoint had before. */
export const PREVIOUS_TAG = 'crossfold:previous';

export interface EndpointActivities {
  /** The config that the endpoint serves now; null where there is no endpoint. */
  servedConfig(endpoint: string): Promise<string | null>;
  /** The config that an endpoint had before this one; null where there was none, or where crossfold did not make it. */
  configBefore(config: string): Promise<string | null>;
  /**
   * Creates the endpoint, or updates it to the config, and waits until it serves it.
   *
   * @throws EndpointFailed when it failed, or went back to the config that it had
   */
  deployEndpoint(target: EndpointTarget): Promise<void>;
  /** Takes the endpoint back to the config it had; one that had none is deleted. */
  rollBackEndpoint(target: { readonly endpoint: string; readonly previous: string | null }): Promise<void>;
}

/** The activities on endpoints. */
export function createEndpointActivities(deps: ActivityDeps): EndpointActivities {
  const { sagemaker } = deps.aws;

  async function deploying<T>(endpoint: string, act: (tell: Tell) => Promise<T>): Promise<T> {
    try {
      return await act(teller());
    } catch (error) {
      throw Context.current().cancellationSignal.aborted
        ? error
        : toCrossfoldError(error, `deploy endpoint ${endpoint}`);
    }
  }

  async function serve({ endpoint, config }: EndpointTarget, tell: Tell): Promise<void> {
    let current = await settled(sagemaker, endpoint, deps.pollMs, tell);
    if (current?.EndpointStatus === 'Failed') {
      // AWS allows a failed endpoint nothing but its deletion.
      await remove(sagemaker, endpoint, deps.pollMs, tell);
      current = undefined;
    }
    if (current?.EndpointConfigName !== config) {
      const request = { EndpointName: endpoint, EndpointConfigName: config };
      await sagemaker.send(
        current === undefined ? new CreateEndpointCommand(request) : new UpdateEndpointCommand(request),
      );
    }
    const after = await settled(sagemaker, endpoint, deps.pollMs, tell);
    if (after?.EndpointStatus === 'InService' && after.EndpointConfigName === config) return;
    throw new CrossfoldError('EndpointFailed', reasonOf({ endpoint, config }, after));
  }

  return {
    async servedConfig(endpoint) {
      try {
        return (await describe(sagemaker, endpoint))?.EndpointConfigName ?? null;
      } catch (error) {
        throw toCrossfoldError(error, `look at endpoint ${endpoint}`);
      }
    },
    async configBefore(config) {
      try {
        const { EndpointConfigArn } = await sagemaker.send(
          new DescribeEndpointConfigCommand({ EndpointConfigName: config }),
        );
        const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: EndpointConfigArn }));
        return Tags.find(({ Key }) => Key === PREVIOUS_TAG)?.Value ?? null;
      } catch (error) {
        throw toCrossfoldError(error, `look at endpoint config ${config}`);
      }
    },
    deployEndpoint: (target) => deploying(target.endpoint, (tell) => serve(target, tell)),
    rollBackEndpoint: ({ endpoint, previous }) =>
      deploying(endpoint, (tell) =>
        previous === null
          ? remove(sagemaker, endpoint, deps.pollMs, tell)
          : serve({ endpoint, config: previous }, tell),
      ),
  };
}

/** After a rollback the endpoint is InService again, with the old config, and often without a reason. */
function reasonOf({ endpoint, config }: EndpointTarget, found: DescribeEndpointOutput | undefined): string {
  if (found === undefined) return `endpoint ${endpoint} is gone: it was deleted while it was deployed.`;
  const reason = found.FailureReason ?? 'SageMaker gave no reason; see the log of the endpoint';
  return found.EndpointStatus === 'InService'
    ? `endpoint ${endpoint} went back to ${found.EndpointConfigName ?? 'its old config'} instead of serving ${config}: ${reason}.`
    : `endpoint ${endpoint} is ${found.EndpointStatus ?? 'in no known state'}: ${reason}.`;
}

async function describe(sagemaker: SageMakerClient, endpoint: string): Promise<DescribeEndpointOutput | undefined> {
  return await ifFound(sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint })));
}

/** Statuses that SageMaker leaves by itself. */
const UNSETTLED: ReadonlySet<string> = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

async function settled(
  sagemaker: SageMakerClient,
  endpoint: string,
  pollMs: number,
  tell: Tell,
): Promise<DescribeEndpointOutput | undefined> {
  for (;;) {
    const found = await describe(sagemaker, endpoint);
    if (found === undefined || !UNSETTLED.has(found.EndpointStatus ?? '')) return found;
    tell({ endpoint, status: found.EndpointStatus });
    await Context.current().sleep(pollMs);
  }
}

async function remove(sagemaker: SageMakerClient, endpoint: string, pollMs: number, tell: Tell): Promise<void> {
  const found = await settled(sagemaker, endpoint, pollMs, tell);
  if (found === undefined) return;
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  await settled(sagemaker, endpoint, pollMs, tell);
}
