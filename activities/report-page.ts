import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';
import { outputArtifact } from '../core/jobs.ts';
import { evaluationFiles } from '../core/layout.ts';
import { reportFiles, type Curves } from '../core/report/curves.ts';
import { reportPage } from '../core/report/page.ts';
import { resultSchemas } from '../core/results.ts';
import type { JobRecord, RunInput, RunResult } from '../core/run.ts';
import { draw } from './draw.ts';
import { readArchived } from './jobs/archived-result.ts';
import type { ObjectStore } from './objects.ts';
import { contentOf } from './report.ts';

export interface PageActivities {
  /**
   * Writes the run's `report.html`, from its `result.json` and from what its jobs left to be drawn. What a job left out,
   * for it ran a script of the pipeline's own, the report leaves out.
   */
  writeReport(request: ReportRequest): Promise<void>;
}

export interface ReportRequest {
  readonly input: RunInput;
  readonly result: RunResult;
  /** Where the evaluation left its files. */
  readonly evaluation: string;
}

/** The part of `result.json` that the report adds to the run's result. */
const written = z.object({ fits: z.array(resultSchemas.fits.shape.fits.element.extend({ job: z.string() })) });
type MadeFit = z.infer<typeof written>['fits'][number];

/** The activity that writes what a run found for people. */
export function createPageActivities(objects: ObjectStore): PageActivities {
  async function archived<T>(job: JobRecord, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const archive = await objects.read(outputArtifact(job));
    const text = archive === undefined ? undefined : await readArchived(archive, file);
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }

  async function optional<T>(uri: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await objects.readText(uri);
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }

  /** The curves of a job's fits, by what the fits are: the job may have had other names for their settings. */
  async function curvesBy(job: JobRecord): Promise<Map<string, Curves>> {
    const drawn = await archived(job, 'curves.json', reportFiles.fits);
    const { fits } = (await archived(job, 'result.json', resultSchemas.fits)) ?? { fits: [] };
    return new Map(
      (drawn?.fits ?? []).flatMap((curves) => {
        const fit = fits.find(({ setting, fold }) => setting === curves.setting && fold === curves.fold);
        return fit === undefined ? [] : [[contentOf(fit, fit.fold), curves] as const];
      }),
    );
  }

  async function outOfFold(result: RunResult, fits: readonly MadeFit[]): Promise<Curves[]> {
    const own = fits.filter(({ setting }) => setting === result.winner.setting.id);
    const found = new Map<string, Curves>();
    for (const job of result.jobs.filter(({ name }) => own.some((fit) => fit.job === name)))
      for (const [content, curves] of await curvesBy(job)) found.set(content, curves);
    return own.flatMap((fit) => found.get(contentOf(fit, fit.fold)) ?? []);
  }

  return {
    async writeReport({ input, result, evaluation }) {
      const text = await objects.readText(result.files.result);
      if (text === undefined) throw new CrossfoldError('ResultMissing', `${result.files.result} is gone from S3`);
      const { fits } = written.parse(JSON.parse(text));
      const files = evaluationFiles(evaluation);
      const page = await reportPage(
        {
          ...{ input, result, fits },
          outOfFold: await outOfFold(result, fits),
          holdout: await optional(files.curves, reportFiles.holdout),
          importance: await optional(files.importance, reportFiles.importance),
          bias: await optional(files.bias, reportFiles.bias),
        },
        draw,
      );
      await objects.writeText(result.files.report, page, 'text/html; charset=utf-8');
    },
  };
}
