import type { TopLevelSpec } from 'vega-lite';
import type { FitResult } from '../results.ts';
import type { RunInput, RunResult } from '../run.ts';
import type { Bias, Curves, Importance } from './curves.ts';
import type { Html } from './html.ts';

/** All that a report tells of. */
export interface Report {
  readonly input: RunInput;
  readonly result: RunResult;
  /** Every fit of the run's trials on the run's folds. */
  readonly fits: readonly FitResult[];
  /** The curves of the winner's fits, fold by fold; none where its jobs left none. */
  readonly outOfFold: readonly Curves[];
  /** The curves of the final model on the holdout. */
  readonly holdout: Curves | undefined;
  readonly importance: Importance | undefined;
  readonly bias: Bias | undefined;
}

/** A picture, and what those who do not see it are told. */
export interface Chart {
  readonly title: string;
  readonly description: string;
  /** Whether another may stand beside it. */
  readonly narrow?: true;
  readonly spec: TopLevelSpec;
}

export interface Section {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly (Html | Chart)[];
}

/** A section of the report; undefined where the run has nothing to say in it. A section is one file in `sections/`. */
export type SectionOf = (report: Report) => Section | undefined;
