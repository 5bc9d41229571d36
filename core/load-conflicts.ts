import { ANSWER_LIMIT, settingLoad, type Told } from './job-load.ts';
import { POLICIES, type Method } from './methods.ts';
import type { Pipeline } from './pipeline.ts';
import { longestSetting, mostSettings, mostTogether } from './tried-settings.ts';

/** What of a tuning is more than can be told at once. */
interface Conflict {
  readonly field: 'race' | 'trials' | 'settings' | 'sampler';
  readonly message: string;
}

/** What decides how much a tuning has to tell. */
interface Wide extends Told {
  readonly algorithms: Pipeline['algorithms'];
  readonly method: Method;
  /** As many as are known before the split. */
  readonly folds: number;
}

/** What is not told beside the settings: room for the winner of an earlier run, and for what a batch has around them. */
const SPARE = 0.01;

/** What of a tuning cannot be told at once; nothing where SageMaker searches or folds tune on their own: they have limits of their own. */
export function loadConflicts(tuning: NonNullable<Pipeline['tuning']>, wide: Wide): Conflict[] {
  if (tuning.scope !== 'shared') return [];
  return [...raceConflicts(tuning, wide), ...trialConflicts(tuning, wide)];
}

/** Settings that race within a job have to be told to that one. */
function raceConflicts(tuning: NonNullable<Pipeline['tuning']>, wide: Wide): Conflict[] {
  const { algorithms, method, folds } = wide;
  if (POLICIES[method].races !== 'within a job' || (tuning.race ?? 'off') === 'off') return [];
  const each = settingLoad(longestSetting(tuning, algorithms), folds, wide);
  const most = Math.floor((1 - SPARE) / Math.max(each.request, each.answer * halvedShare(folds)));
  const found = mostTogether(tuning, algorithms);
  if (found <= most) return [];
  const message =
    `found ${String(tuning.race)} of ${found} settings with method ${method}; allowed with these algorithms and folds: at most ${most}, ` +
    'as one job is told of them all; or method folds or indices';
  return [{ field: 'race', message }];
}

/** What part of the fits a race by halving makes: after 2, 4, 8, … folds half of the settings go. */
function halvedShare(folds: number): number {
  let [staying, made] = [1, 0];
  for (let fold = 1; fold <= folds; fold += 1) {
    made += staying;
    if (fold > 1 && Number.isInteger(Math.log2(fold))) staying /= 2;
  }
  return made / folds;
}

/** A number at full precision, as JSON. */
const NUMBER = 0.123_456_789_012_345_67;

/** All trials of a tuning go through Temporal together. */
function trialConflicts(tuning: NonNullable<Pipeline['tuning']>, { algorithms, folds, metrics }: Wide): Conflict[] {
  const trial = {
    ...{ setting: longestSetting(tuning, algorithms), mean: NUMBER, sd: NUMBER },
    scores: Array.from({ length: folds }, () => NUMBER),
    metrics: Object.fromEntries(metrics.map((name) => [name, NUMBER])),
  };
  const most = Math.floor(ANSWER_LIMIT / JSON.stringify(trial).length);
  const found = mostSettings({ tuning, algorithms });
  if (found <= most) return [];
  const field = tuning.settings !== undefined ? 'settings' : tuning.sampler === 'grid' ? 'sampler' : 'trials';
  const message =
    `found ${found} settings in all; allowed with these algorithms and folds: at most ${most}, ` +
    'as the scores of all go through Temporal together, which takes 2 MB';
  return [{ field, message }];
}
