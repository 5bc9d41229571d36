import pMap from 'p-map';
import { canonical } from '../core/content-key.ts';
import { CrossfoldError } from '../core/errors.ts';
import { outputArtifact } from '../core/jobs.ts';
import { resultSchemas, type FitResult } from '../core/results.ts';
import { WINNER, type Setting } from '../core/setting.ts';
import type { JobRecord, RunResult } from '../core/run.ts';
import { readArchived } from './jobs/archived-result.ts';
import { READS_AT_ONCE, type ObjectStore } from './objects.ts';

export interface ReportActivities {
  /** Writes the run's `result.json`: its choices, and every fit at full precision with the job that made it. */
  writeResult(result: RunResult): Promise<void>;
}

/** The activity that gathers what a run found into one file. */
export function createReportActivities(objects: ObjectStore): ReportActivities {
  async function fitsOf(job: JobRecord): Promise<FitResult[]> {
    const archive = await objects.read(outputArtifact(job));
    const text = archive === undefined ? undefined : await readArchived(archive, 'result.json');
    if (text === undefined)
      throw new CrossfoldError('ResultMissing', `${job.step}: the result of job ${job.name} is gone from S3`);
    return resultSchemas.fits.parse(JSON.parse(text)).fits;
  }

  return {
    async writeResult(result) {
      const made = new Map<string, FitResult & { job: string }>();
      const fitting = result.jobs.filter((each) => each.fits > 0);
      const results = await pMap(fitting, async (job) => ({ job, fits: await fitsOf(job) }), READS_AT_ONCE);
      for (const { job, fits } of results)
        for (const fit of fits) {
          // A search within the run, on a part of its rows, has other folds.
          if (fit.fitted_hash !== result.folds[fit.fold]?.train_hash) continue;
          made.set(contentOf(fit, fit.fold), { ...fit, job: job.name });
        }
      const trials = [...result.base, ...result.tuned, ...(result.winner.setting.id === WINNER ? [result.winner] : [])];
      const scored = trials.flatMap(({ setting, scores }) =>
        scores.flatMap((_, fold) => {
          const fit = made.get(contentOf(setting, fold));
          return fit === undefined ? [] : [{ ...fit, setting: setting.id }];
        }),
      );
      await objects.writeText(
        result.files.result,
        `${JSON.stringify({ ...result, fits: scored }, null, 2)}\n`,
        'application/json',
      );
    },
  };
}

/** What tells one fit of a run from another; a job of an earlier run may have had another name for the setting. */
export function contentOf(
  { algorithm, hyperparameters }: Pick<Setting, 'algorithm' | 'hyperparameters'>,
  fold: number,
): string {
  return canonical({ algorithm, hyperparameters, fold });
}
