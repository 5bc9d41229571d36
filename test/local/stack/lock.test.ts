import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../local/stack/lock.ts';

const nobody = (): void => undefined;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-lock-'));
  file = join(folder, 'stack.lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the lock', () => {
  it('lets one in at a time, and tells the others whom they wait for', async () => {
    let inside = 0;
    let most = 0;
    const waited: number[] = [];
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4, 5].map(() => withLock(file, 10_000, (pid) => waited.push(pid), work)));
    expect(most).toBe(1);
    expect(new Set(waited)).toEqual(new Set([process.pid]));
    expect(existsSync(file)).toBe(false);
  });

  it('is let go where the work fails', async () => {
    await expect(withLock(file, 1_000, nobody, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, 1_000, nobody, () => Promise.resolve('yes'))).toBe('yes');
  });

  it('is taken over from a process that is gone, by one of many that try', async () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, identity: 'an earlier boot/1', token: 'dead' }));
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(5);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, 10_000, nobody, work)));
    expect(most).toBe(1);
  });

  it('names the holder where it does not become free', async () => {
    await withLock(file, 1_000, nobody, async () => {
      const second = withLock(file, 50, nobody, () => Promise.resolve());
      await expect(second).rejects.toMatchObject({
        code: 'StackFailed',
        message: expect.stringContaining(`${process.pid}`) as string,
      });
    });
  });
});
