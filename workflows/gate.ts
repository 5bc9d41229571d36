import { workflowInfo } from '@temporalio/workflow';
import type { Decision, Outcome } from '../core/approval.ts';
import { challengeOf, type Challenge } from '../core/challenge.ts';
import type { Goal } from '../core/results.ts';
import { challengeSpec } from '../core/retrain-steps.ts';
import type { Setting } from '../core/setting.ts';
import type { RunContext } from '../core/steps.ts';
import { shortActivities, type JobRunner } from './job.ts';
import type { RunTracker } from './run-tracker.ts';

/** A registered model that wants to be deployed. */
export interface Candidate {
  readonly modelPackage: string;
  readonly setting: Setting;
  readonly model: string;
  readonly goal: Goal;
}

/** Whether a model may be deployed, and what that was decided by. */
export interface Gated {
  readonly passes: boolean;
  readonly challenge: Challenge | undefined;
  readonly approval: Decision | undefined;
}

/** Whether something stands between a registered model and its deploy. */
export function isGated({ input }: RunContext): boolean {
  return input.champion !== undefined || input.pipeline.deploy?.approval !== undefined;
}

/**
 * What stands between a registered model and its deploy: a champion that it has to beat, then a person that has to
 * approve it. The registry is told of the outcome.
 */
export async function passGate(
  context: RunContext,
  jobs: JobRunner,
  tracker: RunTracker,
  candidate: Candidate,
): Promise<Gated> {
  if (!isGated(context)) return { passes: true, challenge: undefined, approval: undefined };
  const { patience, pipeline } = context.input;
  const challenge = await challengeChampion(context, jobs, tracker, candidate);
  const asked = challenge?.deploy === false ? undefined : pipeline.deploy?.approval;
  const approval =
    asked === undefined ? undefined : await tracker.stage('approve', () => tracker.control.decision(asked));
  const passes = challenge?.deploy !== false && approval?.outcome !== 'rejected';
  const outcome: Outcome = passes ? 'approved' : 'rejected';
  const reason =
    approval === undefined
      ? `${outcome} by run ${workflowInfo().workflowId}: ${challenge?.reason ?? ''}`
      : `${outcome} by ${approval.by}: ${approval.reason}`;
  await shortActivities(patience).decideModel({ modelPackage: candidate.modelPackage, outcome, reason });
  return { passes, challenge, approval };
}

async function challengeChampion(
  context: RunContext,
  jobs: JobRunner,
  tracker: RunTracker,
  { setting, model, goal }: Candidate,
): Promise<Challenge | undefined> {
  const { champion, pipeline } = context.input;
  if (champion === undefined) return undefined;
  const { result } = await tracker.stage('challenge', () =>
    jobs.run((attempt) => challengeSpec(context, champion, setting, model, attempt), 0),
  );
  return challengeOf(result, { metric: pipeline.objective, goal }, pipeline.retrain, pipeline.confidence);
}
