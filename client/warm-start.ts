import { z } from 'zod';
import type { ObjectStore } from '../activities/objects.ts';
import { CrossfoldError } from '../core/errors.ts';
import { resultFile } from '../core/layout.ts';
import type { Parent } from '../core/managed.ts';
import { parentRuns } from '../core/managed-fields.ts';
import type { Pipeline } from '../core/pipeline.ts';

/** What of an earlier run's result decides whether a search may start from it. */
const earlier = z.object({
  objective: z.object({ metric: z.string() }),
  managed: z
    .array(z.object({ algorithm: z.string(), job: z.string(), inputs: z.string(), searched: z.array(z.string()) }))
    .optional(),
});

/**
 * The tuning jobs of the earlier runs that a pipeline's search starts from.
 *
 * @throws CrossfoldError PipelineInvalid where a run has no result, or none that SageMaker could start from
 */
export async function parentsOf(pipeline: Pipeline, prefix: string, objects: ObjectStore): Promise<Parent[]> {
  const runs = pipeline.tuning === undefined ? [] : parentRuns(pipeline.tuning);
  const parents = await Promise.all(runs.map((run) => parentsIn(run, pipeline, prefix, objects)));
  return parents.flat();
}

async function parentsIn(run: string, pipeline: Pipeline, prefix: string, objects: ObjectStore): Promise<Parent[]> {
  const text = await objects.readText(resultFile(prefix, pipeline.pipeline, run));
  if (text === undefined)
    throw refused(run, `which has no result below ${prefix}/${pipeline.pipeline}`, 'a run that has ended well');
  const { objective, managed = [] } = earlier.parse(JSON.parse(text));
  if (managed.length === 0) throw refused(run, 'which SageMaker did not tune', 'a run with scope managed');
  if (objective.metric !== pipeline.objective)
    throw refused(run, `whose objective is ${objective.metric}`, `a run with objective ${pipeline.objective}`);
  const known = managed.filter(({ algorithm }) => pipeline.algorithms[algorithm] !== undefined);
  if (known.length === 0)
    throw refused(
      run,
      `which tuned ${managed.map(({ algorithm }) => algorithm).join(', ')}`,
      `a run that tuned one of ${Object.keys(pipeline.algorithms).join(', ')}`,
    );
  for (const { algorithm, searched } of known) {
    const count = Object.keys(pipeline.algorithms[algorithm]?.ranges ?? {}).length;
    if (count > 0 && count !== searched.length)
      throw refused(
        run,
        `which searched ${searched.length} hyperparameters of ${algorithm} (${searched.join(', ')})`,
        `a run that searched ${count}, as this pipeline does`,
      );
  }
  return known.map(({ algorithm, job, inputs }) => ({ algorithm, job, inputs }));
}

function refused(run: string, found: string, allowed: string): CrossfoldError {
  return new CrossfoldError('PipelineInvalid', `tuning.warm-start: found ${run}, ${found}; allowed: ${allowed}.`);
}
