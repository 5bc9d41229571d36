import { setHandler } from '@temporalio/workflow';
import type { SplitFold } from '../core/evidence.ts';
import { nestedOf, type Nested, type OuterFold } from '../core/nested.ts';
import { firstBatches } from '../core/pipeline.ts';
import type { Goal } from '../core/results.ts';
import type { JobRecord } from '../core/run.ts';
import { outerContext, splitSpec, type RunContext } from '../core/steps.ts';
import { parentReport } from './child.ts';
import { failingWhole } from './failure.ts';
import { runFits } from './fits.ts';
import { jobRunner, type JobRunner } from './job.ts';
import { jobEnded } from './messages.ts';
import { Search, type SearchProgress } from './search.ts';
import { inWindow, WINDOW } from './window.ts';

export interface NestedInput {
  readonly context: RunContext;
  readonly folds: readonly SplitFold[];
  readonly goal: Goal;
}

/** Nested cross validation: the whole search within each fold's training rows, its winner scored on the fold's test rows. */
export async function nestedWorkflow({ context, folds, goal }: NestedInput): Promise<Nested> {
  return await failingWhole(async () => {
    const report = parentReport();
    const ended: JobRecord[] = [];
    const tell = (job: JobRecord): void => {
      ended.push(job);
      report.ended(job);
    };
    setHandler(jobEnded, tell);
    const jobs = jobRunner(context.input, tell);
    const outer = await inWindow(folds, WINDOW, (fold) => searchWithin(context, jobs, ended, fold, goal));
    await report.delivered();
    return nestedOf(outer);
  });
}

async function searchWithin(
  whole: RunContext,
  jobs: JobRunner,
  ended: readonly JobRecord[],
  fold: SplitFold,
  goal: Goal,
): Promise<OuterFold> {
  const { pipeline } = whole.input;
  const context = outerContext(whole, fold.fold);
  const { result: split } = await jobs.run((attempt) => splitSpec(context, attempt), 0);
  const { winner } = await new Search(context, jobs, quiet(ended)).whole(split, goal);
  const setting = { ...winner.setting, id: context.scope };
  const [fit] = await runFits(whole, jobs, `nested/${context.scope}`, [fold], [setting], firstBatches(pipeline));
  return { fold: fold.fold, setting, inner: winner.mean, score: fit?.metrics[pipeline.objective] ?? Number.NaN };
}

/** A search that nobody watches. */
function quiet(jobs: readonly JobRecord[]): SearchProgress {
  return {
    jobs,
    stage: async (_, body) => await body(),
    fold: () => undefined,
    fitted: () => undefined,
    scored: () => undefined,
  };
}
