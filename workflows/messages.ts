import { defineQuery, defineSignal } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { JobRecord, RunState } from '../core/run.ts';

/** The run's whole state. */
export const stateQuery = defineQuery<RunState>('state');

/** A child tells the run that one of its jobs has ended. */
export const jobEnded = defineSignal<[JobRecord]>('jobEnded');

/** The search attributes of a run; the server must know them. */
export const attributes = {
  pipeline: defineSearchAttributeKey('CrossfoldPipeline', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('CrossfoldStage', SearchAttributeType.KEYWORD),
  algorithm: defineSearchAttributeKey('CrossfoldAlgorithm', SearchAttributeType.KEYWORD),
  score: defineSearchAttributeKey('CrossfoldScore', SearchAttributeType.DOUBLE),
  cost: defineSearchAttributeKey('CrossfoldCost', SearchAttributeType.DOUBLE),
} as const;
