import { describe, expect, test } from 'vitest';
import { tableText } from '../../client/format/table.ts';

const HEAD = ['run', 'status', 'best'];
const ROWS = [
  ['titanic/2026-11-25T10-30Z-7f3a', 'waiting for approval', 'logistic_regression'],
  ['churn/2026-11-25T10-30Z-09bc', 'completed', ''],
];
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('a table', () => {
  test('has borders where they fit', () => {
    const text = tableText(HEAD, ROWS, 79);
    expect(text).toContain('│ churn/2026-11-25T10-30Z-09bc   │ completed            │                     │');
    expect(longest(text)).toBe(79);
    expect(tableText(HEAD, ROWS, Infinity)).toBe(text);
  });

  test('does without them where it fits then', () => {
    const text = tableText(HEAD, ROWS, 78);
    expect(text.split('\n')[1]).toBe('titanic/2026-11-25T10-30Z-7f3a  waiting for approval  logistic_regression');
    expect(text.split('\n')).toHaveLength(3);
  });

  test('breaks the widest columns over lines where it does not fit, never the first', () => {
    const text = tableText(HEAD, ROWS, 60);
    expect(longest(text)).toBeLessThanOrEqual(60);
    expect(text).toContain('titanic/2026-11-25T10-30Z-7f3a  waiting    logistic_regressi\n');
    expect(text.replaceAll(/\s/g, '')).toContain('approval');
    for (const [name] of ROWS) expect(text).toContain(name);
  });

  test('breaks a word only where whole ones do not fit', () => {
    const head = ['run', 'status', 'started'];
    const rows = [['titanic/2026-11-25T10-30Z-7f3a', 'completed', '11-25 10:30']];
    expect(tableText(head, rows, 30 + 2 + 9 + 2 + 7)).toContain('  completed  11-25\n');
    expect(tableText(head, rows, 30 + 2 + 9 + 2 + 6)).toContain('  complete  11-25\n');
  });

  test('is never narrower than can be read', () => {
    expect(longest(tableText(HEAD, ROWS, 10))).toBe(30 + 2 + 6 + 2 + 6);
  });

  test('without rows is its head', () => {
    expect(tableText(['a', 'b'], [], 80)).toContain('│ a │ b │');
  });
});
