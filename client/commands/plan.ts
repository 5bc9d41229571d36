import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import type { AddCommand } from '../command.ts';
import { planText } from '../format/plan-text.ts';
import { readPipeline } from '../pipeline-source.ts';
import { jobsOfEarlierRuns } from '../plan/measured.ts';
import { planOf } from '../plan/plan.ts';
import { findReusable } from '../plan/reusable.ts';
import { withSession } from '../session.ts';
import { inputOf } from '../submit.ts';

/** `crossfold plan`: what a run would need. */
export const addPlan: AddCommand = (program, { terminal }) => {
  program
    .command('plan')
    .summary('show the jobs, the time and the cost that a run would need')
    .description(
      'Shows the jobs of a run step by step, what it would take over from earlier runs, and its instance-hours and cost by the ' +
        'times of earlier runs of the pipeline. Starts nothing and sends nothing.',
    )
    .argument('[file]', 'the pipeline file', 'pipeline.yaml')
    .option('--no-reuse', 'plan a run that takes nothing over')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExample:\n  crossfold plan examples/titanic/pipeline.yaml')
    .action(async (file: string, options: { json?: true; reuse: boolean }) => {
      const source = await readPipeline(file, join(readPlaces().root, 'scripts'));
      await withSession(async ({ settings, temporal, objects }) => {
        const input = await inputOf(source, settings, objects, new Date(), options.reuse);
        const reusable = await findReusable(input, objects);
        const earlier = await jobsOfEarlierRuns(temporal.client, input.pipeline.pipeline);
        const plan = planOf(input.pipeline, settings.slots, reusable, earlier);
        terminal.print(options.json === true ? JSON.stringify(plan, null, 2) : planText(plan, terminal.width()));
      });
    });
};
