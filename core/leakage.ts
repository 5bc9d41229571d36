import { mean } from 'simple-statistics';
import { requireFittedOn } from './evidence.ts';
import { warningsOf, type LeakWarning } from './leak-warnings.ts';
import type { Goal, LeakageResult, SplitResult } from './results.ts';
import type { JobRecord, RunInput } from './run.ts';
import { goalOf } from './scores.ts';
import type { Setting } from './setting.ts';
import { compare, holm, testToTrain, type Interval } from './statistics.ts';

/** One setting with preprocessing fitted on each fold's training rows (honest), and on all rows (leaky). */
export interface LeakComparison {
  readonly setting: Setting;
  readonly honest: FoldScores;
  readonly leaky: FoldScores;
  /** Mean of leaky - honest, and its interval. */
  readonly difference: number;
  readonly interval: Interval;
  /** By how much the leak makes the score look better: the difference, turned round where less is better. */
  readonly flatters: number;
  /** Of the corrected resampled t-test over the folds, adjusted by Holm for the number of settings. */
  readonly p: number;
  /** Whether the difference cannot be told apart from none: p is not below 1 - confidence. */
  readonly noise: boolean;
}

export interface FoldScores {
  /** The objective's value of each fold, fold 0 first. */
  readonly scores: readonly number[];
  readonly mean: number;
}

/** What a leak check found. */
export interface LeakReport {
  readonly pipeline: string;
  readonly run: string;
  readonly objective: { readonly metric: string; readonly goal: Goal };
  readonly rows: { readonly all: number; readonly holdout: number };
  readonly folds: readonly { readonly train_rows: number; readonly test_rows: number }[];
  readonly confidence: number;
  readonly comparisons: readonly LeakComparison[];
  readonly warnings: readonly LeakWarning[];
  /** Features after each fold's own preprocessing; where they differ it is no fault. */
  readonly widths: readonly number[];
  /** How well each feature alone predicts the target: ROC AUC, for a regression R². */
  readonly features: LeakageResult['features'];
  readonly jobs: readonly JobRecord[];
}

/** What a report is made of. */
export interface LeakFindings {
  readonly settings: readonly Setting[];
  readonly split: SplitResult;
  readonly result: LeakageResult;
  readonly jobs: readonly JobRecord[];
}

/**
 * Puts together what a leak check found.
 *
 * @throws CrossfoldError EvidenceMismatch where a fold's honest preprocessing saw other rows than its training rows
 * @throws RangeError where a fold or a setting is missing in the result
 */
export function leakReport({ pipeline, run }: RunInput, found: LeakFindings): LeakReport {
  const { settings, split, result, jobs } = found;
  for (const fold of split.folds) {
    const evidence = result.evidence.find((each) => each.fold === fold.fold);
    if (evidence === undefined) throw new RangeError(`the leak check has no evidence of fold ${fold.fold}`);
    requireFittedOn(fold, evidence);
  }
  const metric = pipeline.objective;
  const goal = goalOf(split, metric);
  return {
    pipeline: pipeline.pipeline,
    run,
    objective: { metric, goal },
    rows: { all: split.rows, holdout: split.holdout_rows },
    folds: split.folds.map(({ train_rows, test_rows }) => ({ train_rows, test_rows })),
    confidence: pipeline.confidence,
    comparisons: comparisonsOf(settings, result, goal, { ratio: testToTrain(split.folds), ...pipeline }),
    warnings: warningsOf(result),
    widths: result.widths,
    features: result.features,
    jobs,
  };
}

function comparisonsOf(
  settings: readonly Setting[],
  { scores, evidence }: LeakageResult,
  goal: Goal,
  { ratio, confidence }: { readonly ratio: number; readonly confidence: number },
): LeakComparison[] {
  const compared = settings.map((setting) => {
    const own = scores.find((each) => each.setting === setting.id);
    if (own?.honest.length !== evidence.length) {
      throw new RangeError(`the leak check has no score of ${setting.id} on each of ${evidence.length} folds`);
    }
    const { honest, leaky } = own;
    return { setting, honest, leaky, ...compare(leaky, honest, ratio, confidence) };
  });
  const adjusted = holm(compared.map(({ p }) => p));
  return compared.map(({ setting, honest, leaky, difference, interval }, index) => {
    const p = adjusted[index] ?? 1;
    return {
      setting,
      honest: { scores: honest, mean: mean(honest) },
      leaky: { scores: leaky, mean: mean(leaky) },
      difference,
      interval,
      flatters: goal === 'maximize' ? difference : -difference,
      p,
      noise: p >= 1 - confidence,
    };
  });
}
