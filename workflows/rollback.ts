import { ApplicationFailure } from '@temporalio/workflow';
import type { Grounds } from '../core/approval.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Patience } from '../core/run.ts';
import { failingWhole } from './failure.ts';
import { endpointActivities, shortActivities } from './job.ts';

/** An endpoint that is to go back; who asks and why is for the history. */
export interface RollbackInput extends Grounds {
  readonly endpoint: string;
  readonly patience: Patience;
}

/** What an endpoint serves after it went back, and what it served before. */
export interface RolledBack {
  readonly endpoint: string;
  readonly from: string;
  readonly to: string;
}

/** Takes an endpoint back to the config that it had before the one that it serves. */
export async function rollbackWorkflow({ endpoint, patience }: RollbackInput): Promise<RolledBack> {
  return await failingWhole(async () => {
    const short = shortActivities(patience);
    const from = await short.servedConfig(endpoint);
    if (from === null) throw refusal(`there is no endpoint ${endpoint}`);
    const to = await short.configBefore(from);
    if (to === null)
      throw refusal(`endpoint ${endpoint} serves ${from}, the first config that it was given by crossfold`);
    await endpointActivities(patience, `Endpoint ${endpoint}`).deployEndpoint({ endpoint, config: to });
    return { endpoint, from, to };
  });
}

function refusal(why: string): ApplicationFailure {
  const type: ErrorCode = 'NoConfigBefore';
  return ApplicationFailure.create({
    message: `${why}; there is nothing to go back to. Deploy another model instead.`,
    type,
    nonRetryable: true,
  });
}
