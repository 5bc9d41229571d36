import type { PlannedStep, PlannedStepName } from '../../core/planned-jobs.ts';
import { jobsOf } from '../../core/planned-jobs.ts';
import { shortScore } from '../../core/run-details.ts';
import type { JobRecord, Progress, RunState, Stage } from '../../core/run.ts';
import type { Trial } from '../../core/scores.ts';
import { bar, elapsed } from '../live-lines.ts';
import { controlLines } from './control-text.ts';

/** What each stage does, in words. */
export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  split: 'split the table',
  folds: 'cross-validate the base settings',
  tune: 'tune',
  confirm: 'cross-validate what tuning found',
  nested: 'repeat the search within each fold',
  final: 'fit the final model',
  holdout: 'score the holdout',
  register: 'register the model',
  challenge: 'compare with the champion',
  approve: 'wait for approval',
  deploy: 'deploy and smoke-test',
  report: 'write the result',
};

const MARKS: Readonly<Record<Progress, string>> = { waiting: '○', running: '●', done: '✓' };
/** Before so many jobs have ended their pace says nothing. */
const LEAST_JOBS = 3;
/** The most trials that are listed, the best of those scored so far. */
const MOST_TRIALS = 5;

/** How far a run is, and on what. */
export interface ProgressView {
  readonly state: RunState;
  /** Since the run's start, milliseconds. */
  readonly ms: number;
  /** What the run was planned to have, step by step; none where it is not known. */
  readonly plan: readonly PlannedStep[];
  /** Characters of a line. */
  readonly columns: number;
}

/** A run as a tree of its steps, folds and trials, a line each, none longer than the terminal is wide. */
export function progressLines({ state, ms, plan, columns }: ProgressView): string[] {
  const { stage, jobs, plannedJobs, best } = state;
  const lines = [
    `  → ${STAGE_TITLES[stage]}`,
    `    jobs  ${bar(jobs.length, plannedJobs)} ${jobs.length}/${plannedJobs}   ${elapsed(ms)}${remaining(state, ms)}`,
    ...controlLines(state).map((line) => `    ${line}`),
    ...stepLines(plan, jobs),
    `    folds ${state.folds.map((fold, index) => `${MARKS[fold]} ${index}`).join('  ')}`,
    ...trialLines(state.trials),
    ...(best === undefined ? [] : [`    best  ${trialText(best)}`]),
  ];
  return lines.map((line) => cut(line, columns));
}

/** What is left at the pace so far, at most: a race and what is taken over save jobs. */
function remaining({ jobs, plannedJobs }: RunState, ms: number): string {
  const ran = jobs.filter(({ reused }) => !reused).length;
  const left = plannedJobs - jobs.length;
  return ran < LEAST_JOBS || left <= 0 ? '' : `, at most ${elapsed((ms * left) / ran)} left`;
}

function stepLines(plan: readonly PlannedStep[], jobs: readonly JobRecord[]): string[] {
  const steps = plan.map((step) => ({
    name: step.step,
    all: jobsOf(step),
    ended: jobs.filter((job) => plannedStepOf(job) === step.step).length,
  }));
  return steps.map(({ name, all, ended }, index) => {
    const branch = index === steps.length - 1 ? '└' : '├';
    return `          ${branch} ${name.padEnd(8)} ${bar(Math.min(ended, all), all)} ${ended}/${all}`;
  });
}

/** The step of the plan that a job belongs to, by the step that it is of. */
function plannedStepOf({ step }: JobRecord): PlannedStepName {
  if (/^(outer-\d+|nested)\//.test(step)) return 'nested';
  if (/(^|\/)tune\//.test(step)) return 'tune';
  if (step.startsWith('sample/')) return 'sample';
  if (step.startsWith('confirm')) return 'confirm';
  switch (step) {
    case 'split':
    case 'final':
    case 'holdout':
      return step;
    default:
      return 'folds';
  }
}

function trialLines(trials: readonly Trial[]): string[] {
  const base = trials.filter(({ setting }) => setting.id.startsWith('base-'));
  const more = trials.length - base.length;
  return [
    ...base
      .slice(0, MOST_TRIALS)
      .map((trial) => `          ${trialText(trial)}   ${trial.scores.map(shortScore).join(' ')}`),
    ...(more > 0 ? [`          and ${more} trials`] : []),
  ];
}

function trialText({ setting, mean, sd }: Trial): string {
  return `${setting.algorithm} ${shortScore(mean)} ± ${shortScore(sd)}`;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
