import type { JobInput } from './jobs.ts';
import { batchesOf, cut, dealt, foldsOf, type Batch, type Fit } from './plan.ts';
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
  /** Where settings leave a race: between rounds of jobs, by any rule; or within the one job, by scikit-learn's own halving. */
  readonly races: 'between jobs' | 'within a job';
  /** The script that carries a batch. */
  readonly script: string;
  /** @param sizes how many fits each job carries; their sum is the number of fits */
  readonly batches: (fits: readonly Fit[], sizes: readonly number[]) => Batch[];
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
    races: 'within a job',
    script: 'search.py',
    batches: (fits) => batchesOf(fits, Math.max(1, fits.length)),
    inputs: rawRows,
    parameters: (tuning) => ({
      search: tuning?.sampler === 'random' && tuning.settings === undefined ? 'random' : 'grid',
    }),
  },
  indices: {
    preprocesses: false,
    races: 'between jobs',
    script: 'train_indices.py',
    // Fold by fold: a job preprocesses each fold of its batch, so it should have few.
    batches: (fits, sizes) =>
      cut(
        [...fits].sort((a, b) => a.fold - b.fold),
        sizes,
      ),
    inputs: rawRows,
    parameters: () => ({}),
  },
  folds: {
    preprocesses: true,
    races: 'between jobs',
    script: 'train.py',
    batches: (fits, sizes) => dealt(fits, sizes).flatMap((batch) => batchesOf(batch, batch.length, CHANNEL_LIMIT - 1)),
    inputs: (places, batch) => foldsOf(batch).map((fold) => ({ name: `fold-${fold}`, uri: places.fold(fold) })),
    parameters: () => ({}),
  },
};
