import {
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { Champion } from '../core/champion.ts';
import { driftOf, type Drift } from '../core/drift.ts';
import { CrossfoldError } from '../core/errors.ts';
import { runId, runToken, workflowId } from '../core/names.ts';
import { retrainKey, retrainedBy, type Retrained, type RunTemplate } from '../core/retrain.ts';
import { driftSpec } from '../core/retrain-steps.ts';
import type { RunInput } from '../core/run.ts';
import { homeOf } from '../core/steps.ts';
import { failingWhole } from './failure.ts';
import { jobRunner, shortActivities } from './job.ts';
import { attributes } from './messages.ts';
import { tell } from './notify.ts';
import { pipelineWorkflow } from './pipeline.ts';

/** One firing of a schedule: trains a challenger where the data asks for one, and lets it take the champion's place where it wins. */
export async function retrainWorkflow(template: RunTemplate): Promise<Retrained> {
  upsertSearchAttributes([{ key: attributes.pipeline, value: template.pipeline.pipeline }]);
  const retrained = await failingWhole(() => retrain(template));
  setCurrentDetails(`**${retrained.outcome}**: ${retrained.reason}`);
  return retrained;
}

async function retrain(template: RunTemplate): Promise<Retrained> {
  const { pipeline, patience } = template;
  const { uri, endpoint } = requirePlaces(template);
  const home = homeOf(template);
  const short = shortActivities(patience);

  const version = await short.dataVersion(uri);
  const champion = await short.championOf({ home, endpoint });
  if (champion === null) {
    const input = { ...template, ...(await pinned(template, uri)) };
    return await run(input, `no champion serves ${endpoint} yet`);
  }
  if (champion.version === version) return skipped(version, `no new data: ${uri} is what the champion was made from`);
  const earlier = await short.recallRetrained({ home, key: retrainKey(template, champion, version) });
  if (earlier !== null)
    return skipped(version, `this data was weighed against this champion before: ${earlier.reason}`);

  const input = { ...template, ...(await pinned(template, uri)), champion };
  const drift = await lookForDrift(input, champion);
  if (drift.drifted) await tell('drift', pipeline.pipeline, `${pipeline.pipeline}: the data has drifted`, drift.reason);
  const retrained =
    drift.drifted || pipeline.retrain.when === 'new-data'
      ? await run(input, drift.reason)
      : skipped(input.data.version, drift.reason);
  if (retrained.outcome !== 'deployed') {
    await short.keepRetrained({ home, key: retrainKey(template, champion, retrained.version), retrained });
  }
  return retrained;
}

/** A schedule retrains what an endpoint serves from a table that changes. */
function requirePlaces({ pipeline }: RunTemplate): { uri: string; endpoint: string } {
  const { data, deploy } = pipeline;
  if (data.uri !== undefined && deploy !== undefined) return { uri: data.uri, endpoint: deploy.endpoint };
  throw new CrossfoldError('PipelineInvalid', `pipeline ${pipeline.pipeline}: a schedule needs data.uri and deploy.`);
}

/** The table as it is now, kept: what is written to its place later does not change the run. */
async function pinned(template: RunTemplate, uri: string): Promise<Pick<RunInput, 'run' | 'data'>> {
  const data = await shortActivities(template.patience).pinData({ uri, home: homeOf(template) });
  return { run: runId(new Date(), uuid4().slice(0, 4)), data };
}

/** What is new in the table, against what the champion was trained on. */
async function lookForDrift(input: RunInput, champion: Champion): Promise<Drift> {
  const { workflowId: id, originalExecutionRunId } = workflowInfo();
  // The job belongs to this workflow; the run that may follow has another name.
  const own = { ...input, run: id.slice(`${input.pipeline.pipeline}/`.length) };
  const context = { input: own, token: runToken(originalExecutionRunId) };
  const jobs = jobRunner(input, () => undefined);
  const { captured } = champion;
  const newest = captured === undefined ? null : await shortActivities(input.patience).newestCaptured(captured);
  const { result } = await jobs.run((attempt) => driftSpec(context, champion, newest, attempt), 0);
  if (result.new_rows === 0) return { drifted: false, reason: 'no row is new: rows were only taken away, or moved' };
  return driftOf(result, input.pipeline.retrain);
}

async function run(input: RunInput, why: string): Promise<Retrained> {
  const id = workflowId(input.pipeline.pipeline, input.run);
  const result = await executeChild(pipelineWorkflow, {
    workflowId: id,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${input.pipeline.pipeline}: retrained by a schedule`,
    memo: { data: input.data, code: input.code },
    args: [input],
  });
  return retrainedBy(id, input.data.version, why, result);
}

function skipped(version: string, reason: string): Retrained {
  return { outcome: 'skipped', reason, version, run: undefined, challenge: undefined };
}
