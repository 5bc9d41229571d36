import { z } from 'zod';
import { compact, type Json, type JsonObject } from '../json.ts';
import type { Resource } from '../store.ts';
import type { Ending, Phase } from './kind.ts';
import type { TrainingRequest } from './training-request.ts';

/** What a phase is called in SecondaryStatus, with AWS's own words beside it. */
const PHASES: Readonly<Record<Phase, { status: string; message: string }>> = {
  downloading: { status: 'Downloading', message: 'Downloading input data' },
  running: { status: 'Training', message: 'Training image download completed. Training in progress.' },
  uploading: { status: 'Uploading', message: 'Uploading generated training model' },
  stopping: { status: 'Stopping', message: 'Stopping the training job' },
};

export const STATUS = { completed: 'Completed', failed: 'Failed', stopped: 'Stopped', interrupted: 'Stopped' } as const;

const MESSAGES = {
  completed: 'Training job completed',
  failed: 'Training job failed',
  stopped: 'Training job stopped',
  interrupted: 'Training job stopped',
} as const;

const transitions = z.array(z.record(z.string(), z.union([z.string(), z.number()]))).default([]);

/** The state in which the job comes to another secondary status. */
export function toSecondary(job: Resource, status: string, message: string, time: number): JsonObject {
  const before = transitions.parse(job.state['SecondaryStatusTransitions']);
  const seconds = time / 1000;
  const ended: Json[] = before.map((each, index) =>
    index === before.length - 1 && each['EndTime'] === undefined ? { ...each, EndTime: seconds } : each,
  );
  const entered = { Status: status, StartTime: seconds, StatusMessage: message };
  return {
    SecondaryStatus: status,
    // A status in which a job ends has its end at once.
    SecondaryStatusTransitions: [...ended, ENDS.has(status) ? { ...entered, EndTime: seconds } : entered],
  };
}

const ENDS: ReadonlySet<string> = new Set([
  ...['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded', 'MaxWaitTimeExceeded', 'Interrupted', 'Restarting'],
]);

/** The state in which the job comes to a phase. */
export function toPhase(job: Resource, phase: Phase, time: number): JsonObject {
  const { status, message } = PHASES[phase];
  const started: JsonObject =
    phase === 'downloading' ? { TrainingStartTime: job.state['TrainingStartTime'] ?? time / 1000 } : {};
  return { ...started, ...toSecondary(job, status, message, time) };
}

/** Where the job's model is, or will be. */
export function modelArtifacts(name: string, output: TrainingRequest['OutputDataConfig']): JsonObject {
  const file = output.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz';
  return { S3ModelArtifacts: `${output.S3OutputPath.replace(/\/$/, '')}/${name}/output/${file}` };
}

/** The state in which the job ends. */
export function lastState(job: Resource, ending: Ending, metrics: JsonObject[]): JsonObject {
  const started = Number(job.state['TrainingStartTime'] ?? ending.time / 1000);
  const seconds = Math.max(1, Math.ceil(ending.time / 1000 - started));
  const idle = Math.floor(Number(job.state['IdleMs'] ?? 0) / 1000);
  const cause = job.state['StopCause'];
  const secondary = ending.kind === 'stopped' && typeof cause === 'string' ? cause : STATUS[ending.kind];
  return compact({
    ...toSecondary(job, secondary, MESSAGES[ending.kind], ending.time),
    TrainingEndTime: ending.time / 1000,
    TrainingTimeInSeconds: seconds,
    // What a spot job waited for another machine is not billed.
    BillableTimeInSeconds: Math.max(1, seconds - idle),
    FinalMetricDataList: metrics.length > 0 ? metrics : undefined,
    FailureReason: ending.kind === 'failed' ? ending.reason : undefined,
  });
}
