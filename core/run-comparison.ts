import { sum } from 'simple-statistics';
import type { RunResult } from './run.ts';
import type { Setting } from './setting.ts';
import { compare, meanInterval, testToTrain, type Comparison, type Interval } from './statistics.ts';

/** A run in figures, beside another. */
export interface RunFigures {
  readonly run: string;
  readonly metric: string;
  readonly winner: Setting;
  readonly mean: number;
  readonly interval: Interval;
  readonly holdout: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly folds: number;
  /** Jobs that the run had of its own, and what these took on instances, seconds. */
  readonly jobs: number;
  readonly seconds: number;
}

/** Two runs, and whether their winners can be told apart. */
export interface RunComparison {
  readonly runs: readonly [RunFigures, RunFigures];
  /** The second winner against the first, fold by fold; undefined where they were not scored by one metric on the same folds. */
  readonly difference: Comparison | undefined;
}

/** Holds a second run against a first. The winners are paired only on the same rows: other folds have other scores by chance alone. */
export function compareRuns(first: RunResult, second: RunResult): RunComparison {
  const paired = first.objective.metric === second.objective.metric && sameFolds(first, second);
  const ratio = testToTrain(first.folds);
  return {
    runs: [figuresOf(first), figuresOf(second)],
    difference: paired ? compare(second.winner.scores, first.winner.scores, ratio, first.confidence) : undefined,
  };
}

function sameFolds(first: RunResult, second: RunResult): boolean {
  const hashes = ({ folds }: RunResult): string => folds.map(({ train_hash }) => train_hash).join(' ');
  return hashes(first) === hashes(second);
}

function figuresOf({
  pipeline,
  run,
  objective,
  winner,
  holdout,
  rows,
  folds,
  jobs,
  confidence,
}: RunResult): RunFigures {
  const own = jobs.filter(({ reused }) => !reused);
  return {
    run: `${pipeline}/${run}`,
    metric: objective.metric,
    winner: winner.setting,
    mean: winner.mean,
    interval: meanInterval(winner.scores, testToTrain(folds), confidence),
    holdout: holdout.metrics,
    rows: rows.all,
    folds: folds.length,
    jobs: own.length,
    seconds: sum(own.map(({ seconds }) => seconds)),
  };
}
