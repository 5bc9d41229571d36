import type { ResultName } from './results.ts';

/** One named object or prefix in S3 that a job reads. */
export interface JobInput {
  readonly name: string;
  readonly uri: string;
}

/** What of a job's outcome is kept for later runs. */
export type Keep =
  /** The whole result, by the step's key; only one in which these members have these values. */
  | { readonly step: string; readonly where?: Readonly<Record<string, string>> }
  /** The fits that it carried, by the key of each algorithm's family. */
  | { readonly families: Readonly<Record<string, string>> };

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

/** What a job is to do, in the domain's words; `activities/jobs/` turns it into a request. */
export type JobSpec<N extends ResultName = ResultName> = ProcessingSpec<N> | TrainingSpec<N>;

export type JobKind = JobSpec['kind'];

/** A job by its kind and name: all that is needed to stop it. */
export interface JobReference {
  readonly kind: JobKind;
  readonly name: string;
}

/** Where a training job leaves its model. */
export function modelArtifact(job: { readonly output: string; readonly name: string }): string {
  return `${job.output}${job.name}/output/model.tar.gz`;
}

/** Where a training job leaves the files of its result. */
export function outputArtifact(job: { readonly output: string; readonly name: string }): string {
  return `${job.output}${job.name}/output/output.tar.gz`;
}
