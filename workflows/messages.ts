import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Decision, Grounds, Pause } from '../core/approval.ts';
import type { JobRecord, RunState } from '../core/run.ts';

/** The run's whole state. */
export const stateQuery = defineQuery<RunState>('state');

/** A child tells the run that one of its jobs has ended. */
export const jobEnded = defineSignal<[JobRecord]>('jobEnded');

/** Starts no job any more; the answer is the pause that holds. */
export const pauseUpdate = defineUpdate<Pause, [Grounds]>('pause');

/** Lets jobs start again; the answer is the pause that ended. */
export const resumeUpdate = defineUpdate<Pause, [Grounds]>('resume');

/** Lets a waiting run deploy its model, or ends it without a deploy. */
export const approveUpdate = defineUpdate<Decision, [Grounds]>('approve');
export const rejectUpdate = defineUpdate<Decision, [Grounds]>('reject');

/** What the stage of a paused run is called in searches. */
export const PAUSED = 'paused';

/** The search attributes of a run; the server must know them. */
export const attributes = {
  pipeline: defineSearchAttributeKey('CrossfoldPipeline', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('CrossfoldStage', SearchAttributeType.KEYWORD),
  algorithm: defineSearchAttributeKey('CrossfoldAlgorithm', SearchAttributeType.KEYWORD),
  score: defineSearchAttributeKey('CrossfoldScore', SearchAttributeType.DOUBLE),
  cost: defineSearchAttributeKey('CrossfoldCost', SearchAttributeType.DOUBLE),
} as const;
