import { CrossfoldError } from '../core/errors.ts';
import { outputArtifact } from '../core/jobs.ts';
import { resultSchemas } from '../core/results.ts';
import type { JobRecord, RunResult } from '../core/run.ts';
import { readArchived } from './jobs/archived-result.ts';
import type { ObjectStore } from './objects.ts';

export interface ReportActivities {
  /** Writes the run's `result.json`: its choices, and every fit at full precision with the job that made it. */
  writeResult(result: RunResult): Promise<void>;
}

/** The activity that gathers what a run found into one file. */
export function createReportActivities(objects: ObjectStore): ReportActivities {
  async function fitsOf(job: JobRecord): Promise<object[]> {
    const archive = await objects.read(outputArtifact(job));
    const text = archive === undefined ? undefined : await readArchived(archive, 'result.json');
    if (text === undefined)
      throw new CrossfoldError('ResultMissing', `${job.step}: the result of job ${job.name} is gone from S3`);
    return resultSchemas.fits.parse(JSON.parse(text)).fits.map((fit) => ({ ...fit, job: job.name }));
  }

  return {
    async writeResult(result) {
      const fits: object[] = [];
      for (const job of result.jobs.filter((each) => each.fits > 0)) fits.push(...(await fitsOf(job)));
      await objects.writeText(
        result.files.result,
        `${JSON.stringify({ ...result, fits }, null, 2)}\n`,
        'application/json',
      );
    },
  };
}
