import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { orderOf } from '../../core/complexity.ts';
import { pythonPath } from '../support/tools.ts';

const defaults = z.record(z.string(), z.record(z.string(), z.number().nullable()));

/** What the libraries take where a setting gives nothing. */
const TAKEN = defaults.parse(
  JSON.parse(execFileSync(pythonPath(), [join(import.meta.dirname, 'algorithm_defaults.py')], { encoding: 'utf8' })),
);

describe('the order of complexity', () => {
  test.each(Object.keys(TAKEN))('of %s has the defaults that its library has', (algorithm) => {
    const order = Object.entries(orderOf(algorithm, undefined) ?? {});
    expect(order).not.toEqual([]);
    for (const [name, each] of order) {
      const ours = typeof each === 'string' ? undefined : (each.default ?? null);
      expect(ours, name).toBe(TAKEN[algorithm]?.[name]);
    }
  });
});
