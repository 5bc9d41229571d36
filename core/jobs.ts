import type { Strategy } from './managed-fields.ts';
import type { Ranges } from './ranges.ts';
import type { Goal, ResultName } from './results.ts';

/** One named object or prefix in S3 that a job reads. */
export interface JobInput {
  readonly name: string;
  readonly uri: string;
  /** What the object says, where the job is the first to need it: it is written before the job starts. */
  readonly text?: string;
}

/** What of a job's outcome is kept for later runs. */
export interface Keep {
  /** The whole result, by the step's key … */
  readonly step?: string;
  /** … but only one in which these members have these values. */
  readonly where?: Readonly<Record<string, string>>;
  /** The fits that it carried, by the key of each algorithm's family. */
  readonly families?: Readonly<Record<string, string>>;
}

/** The machine that a job asks for. */
export interface JobMachine {
  readonly instance: string;
  /** GB. */
  readonly volume: number;
  /** The longest that the job may run, seconds. */
  readonly timeout: number;
  readonly image: string;
  readonly role: string;
}

interface JobBase<N extends ResultName> {
  /** The job's name in SageMaker: the same for each retry of the activity. */
  readonly name: string;
  /** Workflow id of the run that owns the job; a tag, so that the jobs of a run can be found. */
  readonly run: string;
  /** The step of the run, as `fold-3/preprocess`. */
  readonly step: string;
  /** The script of the bundle that the job runs. */
  readonly script: string;
  readonly machine: JobMachine;
  readonly inputs: readonly JobInput[];
  /** The prefix that the job's output goes to. */
  readonly output: string;
  /** Which result the step needs. */
  readonly result: N;
  /** `s3://bucket/prefix/pipeline`: where what is kept goes. */
  readonly home: string;
  readonly keep: Keep;
  /** The file that says whether jobs of the run may start. */
  readonly hold: string;
}

export interface ProcessingSpec<N extends ResultName = ResultName> extends JobBase<N> {
  readonly kind: 'processing';
  readonly arguments: readonly string[];
}

export interface TrainingSpec<N extends ResultName = ResultName> extends JobBase<N> {
  readonly kind: 'training';
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Metrics that the job prints as `name=value;`. */
  readonly metrics: readonly string[];
}

/** SageMaker's own search: each of its training jobs scores one setting. */
export interface TuningSpec<N extends ResultName = ResultName> extends JobBase<N> {
  readonly kind: 'tuning';
  /** What every training job is given beside the values that are searched. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Metrics that a training job prints as `name=value;`. */
  readonly metrics: readonly string[];
  /** The metric that is searched by. */
  readonly objective: { readonly metric: string; readonly goal: Goal };
  readonly strategy: Strategy;
  readonly ranges: Ranges;
  /** How many training jobs; of no meaning to a grid. */
  readonly trials: number;
  readonly parallel: number;
  readonly seed: number;
  readonly earlyStopping: boolean;
  /** How often a training job prints the objective: its epochs. */
  readonly epochs: number;
  readonly warmStart: WarmStart | undefined;
}

/** The tuning jobs that another one starts from. */
export interface WarmStart {
  readonly type: 'IdenticalDataAndAlgorithm' | 'TransferLearning';
  readonly parents: readonly string[];
}

/** What a job is to do, in the domain's words; `activities/jobs/` turns it into a request. */
export type JobSpec<N extends ResultName = ResultName> = ProcessingSpec<N> | TrainingSpec<N> | TuningSpec<N>;

export const JOB_KINDS = ['processing', 'training', 'tuning'] as const satisfies readonly JobSpec['kind'][];
export type JobKind = (typeof JOB_KINDS)[number];

/** A job by its kind and name: all that is needed to stop it. */
export interface JobReference {
  readonly kind: JobKind;
  readonly name: string;
}

/** Whether a job of this status, as SageMaker has it, has come to its end. */
export function hasEnded(status: string): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

/** Where a training job leaves its model. */
export function modelArtifact(job: { readonly output: string; readonly name: string }): string {
  return `${job.output}${job.name}/output/model.tar.gz`;
}

/** Where a training job leaves the files of its result. */
export function outputArtifact(job: { readonly output: string; readonly name: string }): string {
  return `${job.output}${job.name}/output/output.tar.gz`;
}
