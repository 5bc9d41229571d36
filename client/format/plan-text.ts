import type { PlannedStepName } from '../../core/planned-jobs.ts';
import { elapsed } from '../live-lines.ts';
import type { Plan, PlanRow } from '../plan/plan.ts';
import { tableText } from './table.ts';

/** What each step does, in words. */
const TITLES: Readonly<Record<PlannedStepName, string>> = {
  split: 'split the table',
  folds: 'cross-validate the base settings',
  sample: 'split a sample to tune on',
  tune: 'tune',
  confirm: 'cross-validate what tuning found',
  nested: 'repeat the search within each fold',
  final: 'fit the final model',
  holdout: 'score the holdout',
};

/** A plan for people. */
export function planText(plan: Plan, width: number): string {
  const { pipeline, method, folds, instance, steps, jobs, fits } = plan;
  const head = ['step', 'jobs', 'fits', 'taken over', 'on instances'];
  const rows = steps.map((row) => [
    ...[TITLES[row.step], String(row.jobs), row.fits === 0 ? '' : String(row.fits)],
    ...[reusedText(row), row.seconds === null ? 'not measured' : elapsed(1000 * row.seconds)],
  ]);
  return [
    `${pipeline}: method ${method}, ${folds} folds, on ${instance}`,
    `${tableText(head, rows, width)}\nat most: a race drops settings, and batches are sized by what the first jobs take`,
    [`Jobs             ${jobs}, with ${fits} fits`, hoursLine(plan), costLine(plan)].join('\n'),
  ].join('\n\n');
}

function reusedText({ reused, fits }: PlanRow): string {
  if (reused === null) return 'told by the search';
  if (reused === 0) return '';
  return fits > 0 ? `${reused} fits` : 'yes';
}

function hoursLine({ instanceHours }: Plan): string {
  const value =
    instanceHours === null
      ? 'not known: no earlier run of this pipeline has had all of these jobs'
      : `${instanceHours.toPrecision(2)}, by the times of earlier runs`;
  return `Instance-hours   ${value}`;
}

function costLine({ cost, price, instance, instanceHours }: Plan): string {
  if (price === null) return `Cost             no price of ${instance} is known: give jobs.price in the pipeline file`;
  if (cost === null || instanceHours === null) return `Cost             not known; an instance-hour costs USD ${price}`;
  return `Cost             USD ${cost.toPrecision(2)}, at USD ${price} an instance-hour, without endpoint and storage`;
}
