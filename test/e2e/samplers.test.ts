import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const FOLDS = 3;
const pipelineFor = (tuning: string, method = 'folds'): string => `pipeline: samplers
data: { file: titanic.csv }
split: { folds: ${FOLDS} }
method: ${method}
metrics: [roc_auc]
algorithms:
  logistic_regression:
    ranges:
      C: { type: continuous, min: 0.0001, max: 100 }
      class_weight: { type: categorical, values: [balanced, null] }
tuning: ${tuning}
`;

const setting = z.object({ id: z.string(), algorithm: z.string(), hyperparameters: z.record(z.string(), z.unknown()) });
const answer = z.object({
  tuned: z.array(z.object({ setting, scores: z.array(z.number()), mean: z.number() })),
  race: z.object({ saved: z.number(), all: z.number() }),
  perFold: z.object({ winners: z.array(z.object({ fold: z.number(), setting })) }).optional(),
  jobs: z.array(z.object({ step: z.string(), reused: z.boolean() })),
});
type Ran = z.infer<typeof answer> & {
  /** The steps below `tune` whose jobs this run started, those of a batch as one. */
  readonly tuning: string[];
  readonly started: number;
};

async function run(tuning: string, method?: string): Promise<Ran> {
  const ended = await stack().cli('run', await pipelineWith({ pipeline: pipelineFor(tuning, method) }), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const found = answer.parse(JSON.parse(ended.stdout));
  const started = found.jobs.flatMap(({ step, reused }) => (reused ? [] : [step]));
  const below = started.filter((step) => step.startsWith('tune/')).map((step) => step.replace(/-\d+$/, ''));
  return { ...found, tuning: [...new Set(below)].sort(), started: started.length };
}

const tried = ({ tuned }: Ran): unknown[] => tuned.map((trial) => trial.setting.hyperparameters);

describe('sobol', () => {
  const SOBOL = '{ sampler: sobol, trials: 4, seed: 7, race: off }';

  test('is asked once for all settings; the same run again starts no job, and more trials run the new ones', async () => {
    const first = await run(SOBOL);
    expect(first.tuning).toEqual(['tune/suggest', 'tune/trial']);
    expect(first.tuned.map(({ scores }) => scores.length)).toEqual([FOLDS, FOLDS, FOLDS, FOLDS]);

    const again = await run(SOBOL);
    expect(again.started).toBe(0);
    expect(again.tuned).toEqual(first.tuned);

    const more = await run(SOBOL.replace('trials: 4', 'trials: 6'));
    expect(tried(more).slice(0, 4)).toEqual(tried(first));
    expect(new Set(tried(more).map((each) => JSON.stringify(each))).size).toBe(6);
    expect(more.tuned.slice(0, 4)).toEqual(first.tuned);
  });
});

describe('bayesian', () => {
  const BAYESIAN = '{ sampler: bayesian, trials: 13, parallel: 5, seed: 7, race: halving }';
  const WAVES = [1, 2, 3];

  test('is asked for each wave, races within it, and the same run again starts no job', async () => {
    const first = await run(BAYESIAN);
    for (const wave of WAVES) {
      expect(first.tuning).toEqual(expect.arrayContaining([`tune/wave-${wave}/suggest`]));
      expect(first.tuning).toEqual(expect.arrayContaining([`tune/wave-${wave}/trial-round-2`]));
    }
    expect(first.tuning.filter((step) => step.endsWith('suggest'))).toHaveLength(WAVES.length);
    expect(first.tuned.map(({ setting: { id } }) => id)).toEqual(
      Array.from({ length: 13 }, (_, index) => `trial-${String(index + 1).padStart(3, '0')}`),
    );
    // The better half of each wave of 5, 5 and 3 is scored on all folds.
    const finished = [0, 5, 10].map(
      (start) => first.tuned.slice(start, start + 5).filter(({ scores }) => scores.length === FOLDS).length,
    );
    expect(finished).toEqual([3, 3, 2]);
    expect(first.race).toEqual({ saved: 5, all: 13 * FOLDS });

    const again = await run(BAYESIAN);
    expect(again.started).toBe(0);
    expect(again.tuned).toEqual(first.tuned);
  });

  test('suggests the same by every method, as the scores are the same', async () => {
    const whole = BAYESIAN.replace('halving', 'off');
    const ran = [await run(whole), await run(whole, 'indices'), await run(whole, 'bundled')];
    const [folds, ...others] = ran.map(tried);
    for (const other of others) expect(other).toEqual(folds);
    // The same scores make the same questions, which have their answers already.
    expect(ran[2]?.tuning).toEqual(WAVES.map((wave) => `tune/wave-${wave}/trial`));
  });

  test('learns in each fold on its own, from one first wave', async () => {
    const { tuning, perFold } = await run(BAYESIAN.replace('race: halving', 'race: off, scope: per-fold, then: each'));
    // The first wave was suggested to the runs before.
    const own = [0, 1, 2].flatMap((fold) => [2, 3].map((wave) => `tune/fold-${fold}/wave-${wave}/suggest`));
    const suggested = tuning.filter((step) => step.endsWith('suggest') && step !== 'tune/wave-1/suggest');
    expect(suggested).toEqual(own);
    expect(perFold?.winners.map(({ fold }) => fold)).toEqual([0, 1, 2]);
  });
});
