import { ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleHandle } from '@temporalio/client';
import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { TASK_QUEUE } from '../../core/names.ts';
import type { RunTemplate } from '../../core/retrain.ts';
import type { retrainWorkflow } from '../../workflows/index.ts';
import { readPipeline } from '../pipeline-source.ts';
import type { Session } from '../session.ts';
import { prepareTemplate, versionOf } from '../submit.ts';

/** The workflow that a schedule starts. */
export const RETRAIN = 'retrainWorkflow';

/** What a schedule starts each time. */
interface Action {
  readonly type: 'startWorkflow';
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly staticSummary: string;
  readonly args: Parameters<typeof retrainWorkflow>;
}

/**
 * Checks a pipeline file, hands over its scripts, and says what a schedule starts each time.
 *
 * @throws CrossfoldError PipelineInvalid, also for a pipeline that has nothing to retrain from or for
 */
export async function actionOf(name: string, file: string, { settings, objects }: Session): Promise<Action> {
  const source = await readPipeline(file, join(readPlaces().root, 'scripts'));
  const { data, deploy, pipeline } = source.pipeline;
  const lacking = [
    ...(data.uri === undefined ? ['data.uri: found none: a schedule looks for new data in S3'] : []),
    ...(deploy === undefined ? ['deploy: found none: a schedule retrains what an endpoint serves'] : []),
  ];
  if (data.uri === undefined || deploy === undefined)
    throw new CrossfoldError('PipelineInvalid', lacking.map((each) => `${file}: ${each}.`).join('\n'));
  await versionOf(data.uri, objects);
  const template: RunTemplate = await prepareTemplate(source, settings, objects, true);
  return {
    type: 'startWorkflow',
    workflowType: RETRAIN,
    // Temporal adds the time to it.
    workflowId: `${pipeline}/retrain`,
    taskQueue: TASK_QUEUE,
    staticSummary: `${pipeline}: schedule ${name}`,
    args: [template],
  };
}

/** A schedule by its name. What Temporal refuses of it is said in the table's words. */
export async function withSchedule<T>(
  { temporal }: Session,
  name: string,
  body: (handle: ScheduleHandle) => Promise<T>,
): Promise<T> {
  try {
    return await body(temporal.client.schedule.getHandle(name));
  } catch (error) {
    throw refused(name, error);
  }
}

function refused(name: string, error: unknown): unknown {
  if (error instanceof ScheduleNotFoundError)
    return new CrossfoldError(
      'ScheduleNotFound',
      `there is no schedule ${name}; 'crossfold schedule list' shows those there are.`,
      { cause: error },
    );
  if (error instanceof ScheduleAlreadyRunning)
    return new CrossfoldError(
      'ScheduleInvalid',
      `there is a schedule ${name} already; 'crossfold schedule update ${name}' changes it.`,
      { cause: error },
    );
  // What the client makes of times that the server refuses.
  if (error instanceof TypeError)
    return new CrossfoldError('ScheduleInvalid', `schedule ${name}: ${error.message}. Check --cron and --timezone.`, {
      cause: error,
    });
  return error;
}
