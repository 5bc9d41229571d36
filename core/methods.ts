import type { JobInput } from './jobs.ts';
import { batchesOf, dealt, foldsOf, type Batch, type Fit } from './plan.ts';
import type { SearchPlan } from './search.ts';

/** Where the rows of a run are, for the jobs that read them. */
export interface RowPlaces {
  /** The training rows as a table. */
  readonly table: string;
  /** The row numbers of each fold. */
  readonly folds: string;
  /** A fold as its preprocess job left it. */
  readonly fold: (fold: number) => string;
}

/** How a method groups fits into jobs, and what these jobs read. */
export interface Policy {
  /** Whether each fold is preprocessed once, in a job of its own. */
  readonly preprocesses: boolean;
  /** Whether settings can be dropped between rounds: a search of scikit-learn's own runs whole. */
  readonly races: boolean;
  /** The script that carries a batch. */
  readonly script: string;
  /** @param size the most fits that a job carries */
  readonly batches: (fits: readonly Fit[], size: number) => Batch[];
  readonly inputs: (places: RowPlaces, batch: Batch) => JobInput[];
  /** What else its script is told, as hyperparameters. */
  readonly parameters: (tuning: SearchPlan['tuning'] | undefined) => Readonly<Record<string, string>>;
}

/** The most channels that a training job may have (SageMaker's service model); the code is one of them. */
const CHANNEL_LIMIT = 20;

const rawRows = ({ table, folds }: RowPlaces): JobInput[] => [
  { name: 'table', uri: table },
  { name: 'folds', uri: folds },
];

export const METHODS = ['bundled', 'indices', 'folds'] as const;
export type Method = (typeof METHODS)[number];

/** The methods: three policies over one plan of fits and batches. */
export const POLICIES: Readonly<Record<Method, Policy>> = {
  bundled: {
    preprocesses: false,
    races: false,
    script: 'search.py',
    batches: (fits) => batchesOf(fits, Math.max(1, fits.length)),
    inputs: rawRows,
    parameters: (tuning) => ({
      search: tuning?.sampler === 'random' && tuning.settings === undefined ? 'random' : 'grid',
    }),
  },
  indices: {
    preprocesses: false,
    races: true,
    script: 'train_indices.py',
    // Fold by fold: a job preprocesses each fold of its batch, so it should have few.
    batches: (fits, size) =>
      batchesOf(
        [...fits].sort((a, b) => a.fold - b.fold),
        size,
      ),
    inputs: rawRows,
    parameters: () => ({}),
  },
  folds: {
    preprocesses: true,
    races: true,
    script: 'train.py',
    batches: (fits, size) => dealt(fits, size).flatMap((batch) => batchesOf(batch, size, CHANNEL_LIMIT - 1)),
    inputs: (places, batch) => foldsOf(batch).map((fold) => ({ name: `fold-${fold}`, uri: places.fold(fold) })),
    parameters: () => ({}),
  },
};
