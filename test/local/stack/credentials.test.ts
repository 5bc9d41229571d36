import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureCredentials } from '../../../local/stack/credentials.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-credentials-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('credentials', () => {
  it('are made once, for this user alone', () => {
    const home = join(folder, 'home');
    const made = ensureCredentials(home);
    expect(ensureCredentials(home)).toEqual(made);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(ensureCredentials(join(folder, 'other'))).not.toEqual(made);
  });

  it('say what to do where their file is damaged', () => {
    writeFileSync(join(folder, 'credentials.json'), '{"accessKeyId":');
    expect(() => ensureCredentials(folder)).toThrow(/credentials\.json is damaged.*down --purge/);
  });
});
