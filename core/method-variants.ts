import { CrossfoldError } from './errors.ts';
import type { Method } from './methods.ts';
import { checkPipeline } from './pipeline-source.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * A pipeline by each of some methods, in their order, checked as a file that says so. What the pipeline leaves open, such as the race, is as each
 * method has it.
 *
 * @param file the pipeline's, for messages
 * @throws CrossfoldError PipelineInvalid with every fault, one a line, and the methods that the pipeline can be run by
 */
export function byEachMethod(pipeline: Pipeline, methods: readonly Method[], file: string): Pipeline[] {
  const faults: string[] = [];
  const variants = methods.flatMap((method) => {
    try {
      return [checkPipeline({ ...pipeline, method }, `${file} by method ${method}`)];
    } catch (error) {
      if (!(error instanceof CrossfoldError)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length === 0) return variants;
  const others = variants.map(({ method }) => method);
  const wayOut =
    others.length < 2 ? [] : [`Change the file, or compare the others alone: --methods ${others.join(',')}`];
  throw new CrossfoldError('PipelineInvalid', [...faults, ...wayOut].join('\n'));
}
