import { beforeAll, describe, expect, test } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';
import { describeSchedule, schedule, type Described } from '../support/schedules.ts';
import { TableInS3 } from '../support/table.ts';

const stack = useLocalStack();
cleanPipelines();

let table: TableInS3;

async function pipelineFile(name: string, deploy: string): Promise<string> {
  const text = `pipeline: ${name}
data: { uri: ${table.uri} }
split: { folds: 2 }
algorithms: { logistic_regression: {} }
deploy: ${deploy}
`;
  return await pipelineWith({ pipeline: text });
}

/** Waits until a schedule is as it is asked for. */
async function until(name: string, is: (described: Described) => boolean): Promise<Described> {
  let last = await describeSchedule(stack(), name);
  await expect
    .poll(
      async () => {
        last = await describeSchedule(stack(), name);
        return is(last);
      },
      { timeout: 90_000, interval: 500 },
    )
    .toBe(true);
  return last;
}

let file: string;
beforeAll(async () => {
  table = new TableInS3(stack(), 'scheduled');
  await table.begin();
  // A champion that serves: firings then find no new data, and end at once.
  file = await pipelineFile('scheduled', '{ endpoint: scheduled }');
  const ran = await stack().cli('run', file);
  expect(ran.code, ran.stderr).toBe(0);
});

describe('a schedule', { timeout: 300_000 }, () => {
  test('fires, is paused, fires on demand, makes up for the past, is changed and deleted', async () => {
    await schedule(stack(), 'create', 'often', file, '--every', '1s');
    const { firings } = await until(
      'often',
      ({ fired, firings: [first] }) => fired >= 3 && first?.outcome === 'skipped',
    );
    expect(firings[0]?.reason).toContain('no new data');

    const taken = await stack().cli('schedule', 'create', 'often', file, '--every', '1s');
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('there is a schedule often already')]);

    await schedule(stack(), 'pause', 'often', '--note', 'while we look');
    expect(await schedule(stack(), 'list')).toMatch(/often.*paused/);
    const paused = await until('often', ({ firings: all }) => all.every(({ outcome }) => outcome !== 'running'));
    expect(paused.state).toBe('paused');

    await schedule(stack(), 'trigger', 'often');
    await until('often', ({ fired }) => fired === paused.fired + 1);

    await schedule(stack(), 'update', 'often', '--every', '10s');
    await schedule(
      ...[stack(), 'backfill', 'often', '--from', '2026-01-01T00:00:00Z', '--to', '2026-01-01T00:00:59Z'],
      ...['--overlap', 'allow-all'],
    );
    // Every ten seconds of a minute; and still paused, so none besides.
    await until('often', ({ fired }) => fired === paused.fired + 1 + 6);

    await schedule(stack(), 'resume', 'often');
    await until('often', ({ fired }) => fired > paused.fired + 7);
    await schedule(stack(), 'delete', 'often');
    const gone = await stack().cli('schedule', 'describe', 'often');
    expect([gone.code, gone.stderr]).toEqual([4, expect.stringContaining('there is no schedule often')]);
  });

  test('leaves out firings that overlap; the parked run is decided by a person', async () => {
    const parked = await pipelineFile('parked', '{ endpoint: parked, approval: required }');
    await schedule(stack(), 'create', 'parked', parked, '--every', '1s');
    const waiting = await until('parked', ({ skipped }) => skipped >= 2);
    expect(waiting).toMatchObject({ fired: 1 });
    await schedule(stack(), 'pause', 'parked');
    const listed = async (): Promise<string | undefined> =>
      /parked\/2\S+(?= .*waiting for approval)/.exec((await stack().cli('list')).stdout)?.[0];
    await expect.poll(listed, { timeout: 90_000 }).toBeDefined();
    const rejected = await stack().cli('reject', (await listed()) ?? '', '--by', 'ada', '--reason', 'not yet');
    expect(rejected.code, rejected.stderr).toBe(0);
    const { firings } = await until('parked', ({ firings: [first] }) => first?.outcome === 'kept');
    expect(firings[0]?.reason).toContain('rejected by ada: not yet');
  });

  test('makes up for what it missed while the server was down, within its catch-up window', async () => {
    await schedule(stack(), 'create', 'wide', file, '--every', '1s', '--overlap', 'allow-all', '--catchup', '1h');
    await schedule(stack(), 'create', 'narrow', file, '--every', '1s', '--overlap', 'allow-all', '--catchup', '10s');
    const before = await until('wide', ({ fired }) => fired >= 1);
    await stack().kill('temporal');
    const killed = Date.now();
    await expect.poll(() => Date.now() - killed, { timeout: 60_000 }).toBeGreaterThan(15_000);
    await stack().restart();
    const wide = await until('wide', ({ fired }) => fired >= before.fired + 15);
    expect(wide.missed).toBe(0);
    const narrow = await until('narrow', ({ missed }) => missed > 0);
    expect(narrow.missed).toBeGreaterThan(0);
    await schedule(stack(), 'delete', 'wide');
    await schedule(stack(), 'delete', 'narrow');
  });
});

describe('what cannot be scheduled is refused', () => {
  test.each<[string, string, string[]]>([
    ['neither a time nor an event', 'give --cron, --every or --on-change', []],
    ['a cron that is none', 'Check --cron and --timezone', ['--cron', 'every day']],
    ['a zone that is none', 'Check --cron and --timezone', ['--cron', '0 3 * * *', '--timezone', 'Mars/Base']],
  ])('%s', async (_, message, times) => {
    const ended = await stack().cli('schedule', 'create', 'wrong', file, ...times);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a pipeline with a file of this machine, or without an endpoint', async () => {
    const local = await pipelineWith({});
    const ended = await stack().cli('schedule', 'create', 'wrong', local, '--every', '1h');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('data.uri: found none')]);
  });
});
