import { workflowInfo } from '@temporalio/workflow';
import { leakReport, type LeakReport } from '../core/leakage.ts';
import { leakageSpec } from '../core/leakage-spec.ts';
import { baseSettings } from '../core/pipeline.ts';
import { runToken } from '../core/names.ts';
import type { JobRecord, RunInput } from '../core/run.ts';
import { splitSpec, type RunContext } from '../core/steps.ts';
import { failingWhole } from './failure.ts';
import { jobRunner } from './job.ts';

/** Checks a pipeline for leaks: splits as a run does, then scores each base setting with honest and with leaky preprocessing. */
export async function leakCheckWorkflow(input: RunInput): Promise<LeakReport> {
  return await failingWhole(async () => {
    const context: RunContext = { input, token: runToken(workflowInfo().originalExecutionRunId) };
    const ended: JobRecord[] = [];
    const jobs = jobRunner(input, (job) => ended.push(job));
    const settings = baseSettings(input.pipeline);
    const { result: split } = await jobs.run((attempt) => splitSpec(context, attempt), 0);
    const { result } = await jobs.run((attempt) => leakageSpec(context, settings, attempt), 0);
    return leakReport(input, { settings, split, result, jobs: ended });
  });
}
