import { describe, expect, test } from 'vitest';
import { makespan, stagesOf, type ScheduledJob, type ScheduledStage } from '../../core/job-schedule.ts';
import type { JobRecord } from '../../core/run.ts';

const job = (step: string, seconds: number): ScheduledJob => ({ step, seconds });
const stage = (
  name: string,
  jobs: readonly ScheduledJob[],
  after: readonly string[] = [],
  atOnce = Infinity,
): ScheduledStage => ({ name, jobs, after, atOnce });

describe('the makespan', () => {
  test('of no job is 0', () => {
    expect(makespan([], 3)).toBe(0);
    expect(makespan([stage('empty', [])], 3)).toBe(0);
  });

  test.each([
    [1, 10],
    [2, 6],
    [3, 5],
    [9, 4],
  ])('on %i slots gives a free slot the next job of the list', (slots, expected) => {
    // On 2 slots: a and b at 0, c at 1 until 4, d at 2 until 6. On 3: d at 1 until 5.
    const jobs = [job('a', 1), job('b', 2), job('c', 3), job('d', 4)];
    expect(makespan([stage('all', jobs)], slots)).toBe(expected);
  });

  test('depends on the order of the list: it is no optimum', () => {
    const long = job('long', 4);
    const short = [job('a', 2), job('b', 2)];
    expect(makespan([stage('all', [long, ...short])], 2)).toBe(4);
    expect(makespan([stage('all', [...short, long])], 2)).toBe(6);
  });

  test('waits for the last job of a stage before the stage that is after it', () => {
    const stages = [
      stage('one', [job('a', 1), job('b', 5)]),
      stage('two', [job('c', 1), job('d', 1)], ['one']),
      stage('three', [job('e', 2)], ['two']),
    ];
    expect(makespan(stages, 2)).toBe(8);
  });

  test('has a stage wait for those that it is after, and for no other', () => {
    const stages = [
      stage('a', [job('a', 3)]),
      stage('after-a', [job('after-a', 2)], ['a']),
      stage('b', [job('b', 1)]),
      stage('after-b', [job('after-b', 2)], ['b']),
    ];
    // With slots for all, the chains are 5 and 3 long; on one slot nothing overlaps.
    expect(makespan(stages, 4)).toBe(5);
    expect(makespan(stages, 1)).toBe(8);
    expect(makespan([...stages, stage('last', [job('last', 1)], ['after-a', 'after-b'])], 4)).toBe(6);
  });

  test('takes the stage that has been ready longest, wherever it stands in the list', () => {
    // a and b at 0, c at 1, d at 2, and then after-a at 3 until 7. By the list after-a would begin at 1, and all would end at 6.
    const stages = [
      stage('a', [job('a', 1)]),
      stage('after-a', [job('after-a', 4)], ['a']),
      stage('others', [job('b', 2), job('c', 2), job('d', 2)]),
    ];
    expect(makespan(stages, 2)).toBe(7);
  });

  test('runs no more jobs of a stage at once than it may have', () => {
    const jobs = [job('a', 10), job('b', 10), job('c', 10), job('d', 10)];
    expect(makespan([stage('all', jobs, [], 2)], 8)).toBe(20);
    expect(makespan([stage('all', jobs, [], 8)], 2)).toBe(20);
    // Beside it there is room for another: its two lanes hold two slots of four.
    expect(makespan([stage('one', jobs, [], 2), stage('other', jobs, [], 2)], 4)).toBe(20);
  });

  test('refuses no slot, and a stage after one that is not there', () => {
    expect(() => makespan([stage('a', [job('a', 1)])], 0)).toThrow('at least 1 slot, not 0');
    expect(() => makespan([stage('a', [job('a', 1)], ['gone'])], 1)).toThrow(/^a: after stages/);
  });
});

function record(step: string, seconds = 10, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    name: step,
    kind: 'training',
    step,
    created: null,
    startup: 2,
    seconds,
    working: 0,
    output: '',
    fits: 0,
    reused: false,
    ...changes,
  };
}

/** Steps `<of>-1` to `<of>-<count>`. */
function batches(of: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${of}-${index + 1}`);
}

/** The same steps within each of some folds. */
function each(scope: string, count: number, within: (scope: string) => readonly string[]): string[] {
  return Array.from({ length: count }, (_, index) => within(`${scope}-${index}`)).flat();
}

/** How long jobs of 10 seconds each take. */
function wall(steps: readonly string[], slots: number): number {
  return makespan(
    stagesOf(
      steps.map((step) => record(step)),
      ({ seconds }) => seconds,
    ),
    slots,
  );
}

/** A fold of the cross validation, in two jobs. */
const fold = (scope: string): string[] => [`${scope}/preprocess`, ...batches(`${scope}/train`, 2)];

describe('the stages of a run', () => {
  const stages = (...names: string[]): [string, string[], readonly string[]][] =>
    stagesOf(
      names.map((name) => record(name)),
      () => 1,
    ).map(({ name, jobs, after }) => [name, jobs.map(({ step }) => step), after]);

  test('are the folds with their chains, the tuning by rounds, and each single step', () => {
    expect(
      stages(
        ...['split', 'fold-1/preprocess', 'fold-0/preprocess', 'fold-1/train-1', 'fold-0/train-2', 'fold-0/train-1'],
        ...['tune/trial-round-1-2', 'tune/trial-round-1-1', 'tune/trial-round-2-1', 'final', 'holdout'],
      ),
    ).toEqual([
      ['split', ['split'], []],
      ['fold-0/preprocess', ['fold-0/preprocess'], ['split']],
      ['fold-0/train', ['fold-0/train-1', 'fold-0/train-2'], ['fold-0/preprocess']],
      ['fold-1/preprocess', ['fold-1/preprocess'], ['split']],
      ['fold-1/train', ['fold-1/train-1'], ['fold-1/preprocess']],
      ['tune/trial-round-1', ['tune/trial-round-1-1', 'tune/trial-round-1-2'], ['fold-0/train', 'fold-1/train']],
      ['tune/trial-round-2', ['tune/trial-round-2-1'], ['tune/trial-round-1']],
      ['final', ['final'], ['tune/trial-round-2']],
      ['holdout', ['holdout'], ['final']],
    ]);
  });

  test('list jobs and folds by number, not by letter', () => {
    expect(stages('base-10', 'base-9').map(([, steps]) => steps)).toEqual([['base-9', 'base-10']]);
    expect(stages('fold-10/preprocess', 'fold-9/preprocess').map(([name]) => name)).toEqual([
      'fold-9/preprocess',
      'fold-10/preprocess',
    ]);
  });

  test('leave out jobs of earlier runs, and have the seconds that they are given', () => {
    const found = stagesOf(
      [record('split', 3), record('fold-0/preprocess', 4, { reused: true }), record('fold-0/train-1', 1)],
      ({ startup, seconds }) => startup + seconds,
    );
    expect(found).toEqual([
      stage('split', [job('split', 5)]),
      stage('fold-0/train', [job('fold-0/train-1', 3)], ['split']),
    ]);
  });
});

describe('what jobs of a run take', () => {
  test('with folds that tune on their own: these share the slots, and the winners wait for them', () => {
    const own = each('tune/fold', 4, (scope) => batches(scope, 2));
    expect(wall(own, 8)).toBe(10);
    expect(wall(own, 4)).toBe(20);
    expect(wall([...own, ...batches('tune/winner', 4), 'final'], 8)).toBe(10 + 10 + 10);
  });

  test('with folds that tune on their own in waves: each waits for its own alone', () => {
    const wave = (scope: string): string[] => [
      ...batches(`${scope}/wave-1`, 2),
      ...[`${scope}/wave-2/suggest`, `${scope}/wave-2-1`],
    ];
    const own = each('tune/fold', 3, wave);
    expect(wall(['tune/wave-1/suggest', ...own], 6)).toBe(10 + 30);
    // The first wave of one fold and the second of another take long: each fold takes 32 s, however they fall together.
    const long = /^tune\/fold-(0\/wave-1|1\/wave-2-)/;
    const jobs = own.map((step) => record(step, long.test(step) ? 30 : 1));
    const uneven = stagesOf(jobs, ({ seconds }) => seconds);
    expect(makespan(uneven, 6)).toBe(32);
  });

  test('with waves: they wait for each other, and their suggestions for the scores before', () => {
    const waves = [
      ...['tune/wave-1/suggest', ...batches('tune/wave-1/trial', 5)],
      ...['tune/wave-2/suggest', ...batches('tune/wave-2/trial', 5)],
    ];
    expect(wall(waves, 5)).toBe(40);
    expect(wall(waves, 3)).toBe(60);
    const raced = [...batches('tune/wave-1/trial-round-1', 5), ...batches('tune/wave-1/trial-round-2', 2)];
    expect(wall(['tune/wave-1/suggest', ...raced, 'tune/wave-2/suggest'], 5)).toBe(40);
    expect(wall(['tune/suggest', ...batches('tune/trial', 5)], 5)).toBe(20);
  });

  test('with a race: its rounds wait for each other', () => {
    expect(wall([...batches('tune/trial-round-1', 4), ...batches('tune/trial-round-2', 2)], 8)).toBe(20);
  });

  test('with a sample: its folds are preprocessed side by side, before the tuning', () => {
    const sample = ['sample/split', ...each('sample/fold', 3, (scope) => [`${scope}/preprocess`])];
    const whole = ['split', ...each('fold', 3, fold), ...sample];
    const tuned = [...batches('sample/tune/trial', 4), ...batches('confirm', 3), 'final'];
    expect(wall([...whole, ...tuned], 8)).toBe(10 + 20 + 10 + 10 + 10 + 10 + 10);
    const own = each('sample/tune/fold', 3, (scope) => batches(scope, 2));
    expect(wall([...sample, ...own], 6)).toBe(30);
  });

  test('with outer folds: each is a chain of its own, beside the others', () => {
    const search = (scope: string): string[] => [
      `${scope}/split`,
      ...each(`${scope}/fold`, 3, fold),
      ...batches(`${scope}/tune/trial`, 2),
    ];
    const scored = (scope: string): string[] => [...search(scope), `nested/${scope}-1`];
    const outer = each('outer', 3, scored);
    expect(wall(outer, 18)).toBe(10 + 20 + 10 + 10);
    expect(wall(['split', ...outer, 'final', 'holdout'], 18)).toBe(10 + 50 + 10 + 10);
    expect(wall(outer, 1)).toBe(10 * outer.length);
    expect(
      wall(
        each('outer', 3, (scope) => each(`${scope}/fold`, 3, fold)),
        18,
      ),
    ).toBe(20);
  });

  test('with outer folds that are uneven: none waits for another but at the end', () => {
    const jobs = [
      ...[record('outer-0/split', 1), record('outer-0/base-1', 1), record('outer-0/tune/trial-1', 40)],
      ...[record('outer-1/split', 1), record('outer-1/base-1', 40), record('outer-1/tune/trial-1', 1)],
      ...[record('nested/outer-0-1', 1), record('nested/outer-1-1', 1), record('final', 5)],
    ];
    const found = stagesOf(jobs, ({ seconds }) => seconds);
    expect(makespan(found, 2)).toBe(43 + 5);
  });

  test('with outer folds that tune on a sample', () => {
    const outer = (scope: string): string[] => [
      ...[`${scope}/base-1`, `${scope}-sample/split`, `${scope}-sample/fold-0/preprocess`],
      ...[`${scope}-sample/fold-1/preprocess`, `${scope}-sample/tune/trial-1`, `${scope}/confirm-1`],
      `nested/${scope}-1`,
    ];
    expect(wall(each('outer', 2, outer), 4)).toBe(60);
  });

  test('by SageMaker: its tuning jobs have no machine, follow each other, and hold so many training jobs at once', () => {
    const search = (step: string): JobRecord[] => [
      record(step, 0, { kind: 'tuning' }),
      ...batches(`${step}/trial`, 4).map((trial) => record(trial)),
    ];
    const jobs = [...search('tune/xgboost'), ...search('tune/random_forest')];
    const seconds = (one: JobRecord): number => one.seconds;
    expect(makespan(stagesOf(jobs, seconds), 8)).toBe(20);
    expect(makespan(stagesOf(jobs, seconds, 2), 8)).toBe(40);
    expect(makespan(stagesOf(jobs, seconds, 8), 1)).toBe(80);
    const nested = [...search('outer-0/tune/xgboost'), ...search('outer-1/tune/xgboost')];
    expect(makespan(stagesOf(nested, seconds, 2), 4)).toBe(20);
    // Of no other step does SageMaker bound the jobs.
    const trials = batches('tune/trial', 4).map((trial) => record(trial));
    expect(makespan(stagesOf(trials, seconds, 2), 4)).toBe(10);
  });
});
