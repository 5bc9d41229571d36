import type { Decision, Pause, Waiting } from './approval.ts';
import type { MeasuredJob } from './batch-size.ts';
import type { Challenge } from './challenge.ts';
import type { Champion } from './champion.ts';
import type { FoldScores } from './fold-scores.ts';
import type { JobKind } from './jobs.ts';
import type { ManagedSearch, Parent } from './managed.ts';
import type { Nested } from './nested.ts';
import type { PerFold } from './per-fold.ts';
import type { Pipeline } from './pipeline.ts';
import type { Trial } from './scores.ts';
import type { Goal } from './results.ts';

/** What a run is started with: the pipeline, where its data and code are, and how long to wait for what. */
export interface RunInput {
  readonly pipeline: Pipeline;
  /** The run's id, as `2026-11-25T10-30Z-7f3a`. */
  readonly run: string;
  /** `s3://bucket/prefix` under which all runs of all pipelines are. */
  readonly prefix: string;
  /** The data file as one object in S3, and what tells this content of it from another. */
  readonly data: { readonly uri: string; readonly version: string };
  readonly code: Code;
  readonly image: string;
  readonly role: string;
  /** The SageMaker console, for links; null where there is none. */
  readonly console: string | null;
  /** Whether what an earlier run of the same content has found is taken over. */
  readonly reuse: boolean;
  /** Jobs that run at once. */
  readonly slots: number;
  /** Which of the training rows the split sees; left out for all of them. */
  readonly subset?: Subset;
  /** The tuning jobs of earlier runs that those of this one start from. */
  readonly parents?: readonly Parent[];
  /** The model that this run's has to beat before it is deployed, and whose setting the tuning tries first. */
  readonly champion?: Champion | undefined;
  readonly patience: Patience;
}

/** A part of a run's training rows. */
export interface Subset {
  /** Those of one fold; left out for all. */
  readonly within?: number;
  /** A share of them, drawn by the rule of the split; left out for all. */
  readonly sample?: number;
}

/** The script bundle as a prefix in S3, with the hashes of its parts. */
export interface Code {
  readonly uri: string;
  /** All of it but the parts below. */
  readonly common: string;
  /** The pipeline's own metrics. */
  readonly metrics: string;
  /** Each algorithm's file, by its name. */
  readonly algorithms: Readonly<Record<string, string>>;
}

/** Durations, all inputs, so that the same workflow serves hours and milliseconds. */
export interface Patience {
  /** A waiting activity that has not been heard of for so long is started again, milliseconds. */
  readonly heartbeat: number;
  /** The longest that an endpoint may take to be in service, milliseconds. */
  readonly endpoint: number;
  /** The longest that a stopped job may take to end, milliseconds. */
  readonly stop: number;
}

/** The stages of a run, in order. */
export type Stage =
  | 'split'
  | 'folds'
  | 'tune'
  | 'confirm'
  | 'nested'
  | 'final'
  | 'holdout'
  | 'register'
  | 'challenge'
  | 'approve'
  | 'deploy'
  | 'report';

export type Progress = 'waiting' | 'running' | 'done';

/** One job behind a run's numbers, as the run's state and its result list it. */
export interface JobRecord {
  readonly name: string;
  readonly kind: JobKind;
  readonly step: string;
  /** When the job was created, seconds since 1970; null where it was an earlier run's. */
  readonly created: number | null;
  /** From the job's creation to its start on its machine, seconds. */
  readonly startup: number;
  /** From the job's start on its machine to its end, seconds. */
  readonly seconds: number;
  /** Of these, what went into fits, seconds. */
  readonly working: number;
  /** Where the job's output is. */
  readonly output: string;
  /** How many of the run's fits it carried. */
  readonly fits: number;
  /** Whether an earlier run had it, and this one took over what it found. */
  readonly reused: boolean;
  /** What it took in the earlier run, with all the fits that it carried there. */
  readonly measured?: MeasuredJob;
}

/** A stage, and when it began: milliseconds since 1970. */
export interface BegunStage {
  readonly stage: Stage;
  readonly began: number;
}

/** The whole state of a run: the answer to its one query. */
export interface RunState {
  readonly stage: Stage;
  /** The stages so far in order, the current one last. */
  readonly begun: readonly BegunStage[];
  /** Progress of each fold of the cross validation. */
  readonly folds: readonly Progress[];
  readonly jobs: readonly JobRecord[];
  /** Jobs that the run will have had at its end, as far as it knows by now. */
  readonly plannedJobs: number;
  /** What the base settings have scored by now. */
  readonly scores: FoldScores;
  readonly trials: readonly Trial[];
  readonly best: Trial | undefined;
  /** Set while the run waits for a person to approve or reject its model. */
  readonly waiting: Waiting | undefined;
  /** Set while the run starts no job. */
  readonly paused: Pause | undefined;
}

/** What the endpoint answers of one row: a class and the probability of each, or for a regression a number. */
export type Prediction =
  { readonly label: string; readonly probabilities: Readonly<Record<string, number>> } | { readonly value: number };

/** A raw row that was sent to the endpoint, and its answer. */
export type EndpointSample = Prediction & {
  readonly row: Readonly<Record<string, string | number | boolean | null>>;
};

/** The answer of the deploy: what serves now. */
export interface Deployment {
  readonly endpoint: string;
  readonly config: string;
  readonly model: string;
  /** The config that served before; null for a new endpoint. */
  readonly previous: string | null;
  /** Rows that were sent to the endpoint and answered as the offline model answers them. */
  readonly smokeRows: number;
  /** The first of them. */
  readonly samples: readonly EndpointSample[];
}

/** What a run found: choices, with their numbers. */
export interface RunResult {
  readonly pipeline: string;
  readonly run: string;
  readonly objective: { readonly metric: string; readonly goal: Goal };
  readonly rows: { readonly all: number; readonly holdout: number };
  readonly folds: readonly { readonly train_rows: number; readonly test_rows: number; readonly train_hash: string }[];
  readonly classes: readonly string[];
  /** Each algorithm's base setting over all folds. */
  readonly base: readonly Trial[];
  /** The best of `base`. */
  readonly before: Trial;
  /** Trials of the tuning, in order; those that left the race have the folds up to there. */
  readonly tuned: readonly Trial[];
  /** How many fits the race saved, and how many there would have been without it. */
  readonly race: { readonly rule: string; readonly saved: number; readonly all: number };
  /** The share of the training rows that `tuned` was scored on; null for all of them. */
  readonly sample: number | null;
  /** What folds that tuned on their own found. */
  readonly perFold: PerFold | undefined;
  /** What SageMaker's tuning jobs made of the search. */
  readonly managed: readonly ManagedSearch[] | undefined;
  /** The estimate of nested cross validation. */
  readonly nested: Nested | undefined;
  /** How many fits a job of the tuning carried, and why. */
  readonly batch: string;
  readonly confidence: number;
  /** The setting that the final model has: selected among base and tuned, cross-validated once more. */
  readonly winner: Trial;
  readonly holdout: { readonly rows: number; readonly metrics: Readonly<Record<string, number>> };
  readonly modelPackage: string;
  /** How the model did against the champion, where there was one to beat. */
  readonly challenge: Challenge | undefined;
  /** What was decided before the deploy, where the pipeline asks for approval. */
  readonly approval: Decision | undefined;
  readonly deployment: Deployment | undefined;
  readonly jobs: readonly JobRecord[];
  readonly files: {
    readonly root: string;
    readonly folds: string;
    readonly result: string;
    readonly report: string;
    readonly model: string;
  };
}
