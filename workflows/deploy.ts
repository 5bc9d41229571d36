import { CancellationScope, log } from '@temporalio/workflow';
import { capturedPrefix } from '../core/layout.ts';
import { jobName } from '../core/names.ts';
import type { Deployment } from '../core/run.ts';
import { homeOf, type RunContext } from '../core/steps.ts';
import { failingWhole } from './failure.ts';
import { endpointActivities, shortActivities } from './job.ts';
import { tell } from './notify.ts';

export interface DeployInput {
  readonly context: RunContext;
  readonly endpoint: string;
  readonly instance: string;
  readonly instances: number;
  /** The share of requests that is captured. */
  readonly capture?: number | undefined;
  readonly modelPackage: string;
  readonly classes: readonly string[];
  /** Rows that the endpoint is asked, with the offline model's answers. */
  readonly smokeFile: string;
}

/** Serves a registered model: deploy, ask it what the offline model knows, and roll back where it answers otherwise. */
export async function deployWorkflow(input: DeployInput): Promise<Deployment> {
  return await failingWhole(async () => {
    const { context, endpoint, instance, instances, capture: share, modelPackage, classes, smokeFile } = input;
    const { patience, pipeline, role } = context.input;
    const short = shortActivities(patience);
    const long = endpointActivities(patience, `Endpoint ${endpoint}`);
    const name = jobName(pipeline.pipeline, context.token, 'serve', 1);

    const previous = await short.servedConfig(endpoint);
    const capture = share === undefined ? undefined : { share, to: capturedPrefix(homeOf(context.input), name) };
    await short.prepareServing({ name, modelPackage, role, instance, instances, previous, capture });
    async function rollBack(): Promise<void> {
      try {
        await long.rollBackEndpoint({ endpoint, previous });
        const now = previous === null ? 'It is deleted, as it is new' : `It serves ${previous} again`;
        await tell(
          'rollback',
          pipeline.pipeline,
          `Endpoint ${endpoint} was rolled back`,
          `${now}: ${name} did not answer as it should.`,
        );
      } catch (error) {
        log.error('the endpoint could not be rolled back', { endpoint, previous, error: String(error) });
      }
    }
    try {
      await long.deployEndpoint({ endpoint, config: name });
      const { rows, samples } = await short.smokeTest({ endpoint, smokeFile, classes });
      return { endpoint, config: name, model: name, previous, smokeRows: rows, samples };
    } catch (error) {
      await CancellationScope.nonCancellable(() => rollBack());
      throw error;
    }
  });
}
