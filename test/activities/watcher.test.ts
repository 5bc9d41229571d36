import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { JobSummary, JobView } from '../../activities/jobs/port.ts';
import { TokenBucket } from '../../activities/jobs/token-bucket.ts';
import { JobWatcher, restMs, type Watched } from '../../activities/jobs/watcher.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const view = (status: JobView['status']): JobView => ({
  ...{ status, secondary: undefined, reason: undefined, created: undefined, startup: 0, seconds: 0 },
});

/** A SageMaker of two verbs whose jobs a test moves by hand; it counts the calls that a real one would bill. */
class Jobs implements Watched {
  readonly #jobs = new Map<string, { status: JobView['status']; modified: number }>();
  #clock = Date.now();
  describes = 0;
  lists = 0;
  failing = 0;
  /** What a test does at the n-th describe call. */
  described: (count: number) => void = () => undefined;

  set(name: string, status: JobView['status']): void {
    this.#clock += 1;
    this.#jobs.set(name, { status, modified: this.#clock });
  }

  describe(name: string): Promise<JobView | undefined> {
    this.describes += 1;
    this.described(this.describes);
    const job = this.#jobs.get(name);
    return Promise.resolve(job === undefined ? undefined : view(job.status));
  }

  async *list(since: Date): AsyncIterable<JobSummary> {
    this.lists += 1;
    await Promise.resolve();
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('connection refused');
    }
    for (const [name, { status, modified }] of this.#jobs) {
      if (modified > since.getTime()) yield { name, status, modified: new Date(modified) };
    }
  }
}

function watcherOf(jobs: Jobs): JobWatcher {
  return new JobWatcher(jobs, new TokenBucket(1e6), 1, new Date());
}

/** Its rounds are so far apart that a test without one takes none. */
function toldWatcherOf(jobs: Jobs, toldMs = 3_600_000): JobWatcher {
  return new JobWatcher(jobs, new TokenBucket(1e6), 1, new Date(), toldMs);
}

test.each([
  ['no job is waited for', [], 0],
  ['a job is new, whatever others wait', [2, 3_600_000], 4],
  ['a job has run for a while', [20_000], 400],
  ['a job has run for long', [3_600_000], 2000],
])('where %s, rounds are that far apart', (_, waited, pause) => {
  expect(restMs(waited)).toBeCloseTo(pause);
});

describe('a watcher', () => {
  test('wakes whoever waits for a job that ends, and tells of its way there', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const seen: string[] = [];
    const ended = watcherOf(jobs).wait('a', never, ({ status }) => {
      seen.push(status);
      jobs.set('a', 'Completed');
    });
    expect((await ended).status).toBe('Completed');
    expect(seen).toEqual(['InProgress']);
  });

  test('describes what changed only: calls do not grow with the jobs that wait', async () => {
    const jobs = new Jobs();
    const names = Array.from({ length: 100 }, (_, index) => `job-${index}`);
    for (const name of names) jobs.set(name, 'InProgress');
    const watcher = watcherOf(jobs);
    const told = new Set<string>();
    const all = Promise.all(names.map((name) => watcher.wait(name, never, () => told.add(name))));
    await expect.poll(() => told.size).toBe(100);
    const before = jobs.describes;
    jobs.set('job-7', 'Completed');
    await watcher.wait('job-7', never, () => undefined);
    // One for the job that ended, for each of the two that wait for it; the other 99 cost nothing.
    expect(jobs.describes - before).toBeLessThanOrEqual(3);
    for (const name of names) jobs.set(name, 'Completed');
    await all;
  });

  test('sees a job that ended before anybody waited for it', async () => {
    const jobs = new Jobs();
    jobs.set('old', 'Failed');
    const later = new JobWatcher(jobs, new TokenBucket(1e6), 1, new Date(Date.now() + 3_600_000));
    expect((await later.wait('old', never, () => undefined)).status).toBe('Failed');
  });

  test('waits for a job that is not found yet, and gives up on one that never is', async () => {
    const jobs = new Jobs();
    const watcher = watcherOf(jobs);
    jobs.described = (count) => {
      if (count === 3) jobs.set('late', 'Completed');
    };
    expect((await watcher.wait('late', never, () => undefined)).status).toBe('Completed');
    await expect(watcher.wait('never', never, () => undefined)).rejects.toMatchObject({ code: 'JobFailed' });
  });

  test('outlives an endpoint that does not answer', async () => {
    const jobs = new Jobs();
    jobs.failing = 3;
    jobs.set('a', 'Completed');
    expect((await watcherOf(jobs).wait('a', never, () => undefined)).status).toBe('Completed');
  });

  test('lets go of whoever stops waiting, and of nobody else', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const watcher = watcherOf(jobs);
    const leaving = new AbortController();
    const left = watcher.wait('a', leaving.signal, () => undefined);
    const stays = watcher.wait('a', never, () => undefined);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    jobs.set('a', 'Completed');
    expect((await stays).status).toBe('Completed');
  });

  test('makes no call while nobody waits', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'Completed');
    const watcher = watcherOf(jobs);
    await watcher.wait('a', never, () => undefined);
    const { lists } = jobs;
    // 25 rounds would have passed.
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(jobs.lists - lists).toBeLessThanOrEqual(1);
  });
});

describe('a watcher that events tell of ends', () => {
  test('describes the job at once, and lists nothing for it', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const watcher = toldWatcherOf(jobs);
    let seen = 0;
    const ended = watcher.wait('a', never, () => (seen += 1));
    await expect.poll(() => seen).toBeGreaterThan(0);
    const { lists } = jobs;
    jobs.set('a', 'Completed');
    watcher.wake('a');
    watcher.wake('nobody waits for it');
    expect((await ended).status).toBe('Completed');
    expect(jobs.lists - lists).toBeLessThanOrEqual(1);
  });

  test('describes a job that is new once', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const leaving = new AbortController();
    const watcher = toldWatcherOf(jobs);
    let seen = 0;
    const left = watcher.wait('a', leaving.signal, () => (seen += 1));
    await expect.poll(() => seen).toBeGreaterThan(0);
    // Of the pauses that would have looked again, many pass.
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(jobs.describes).toBe(1);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
  });

  test('sees a job that no event tells of', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const watcher = toldWatcherOf(jobs, 50);
    const ended = watcher.wait('a', never, () => jobs.set('a', 'Completed'));
    expect((await ended).status).toBe('Completed');
  });

  test('goes on where the endpoint does not answer when it is woken', async () => {
    const jobs = new Jobs();
    jobs.set('a', 'InProgress');
    const watcher = toldWatcherOf(jobs);
    jobs.described = (count) => {
      if (count === 2) throw new Error('connection refused');
    };
    const ended = watcher.wait('a', never, () => {
      jobs.set('a', 'Completed');
      watcher.wake('a');
    });
    expect((await ended).status).toBe('Completed');
  });
});
