import type { Examined } from '../doctor/examine.ts';

const MARKS = { ok: '✓', skipped: '–', warning: '!', failed: '✗' } as const;
const WIDTH = 18;

/** What `doctor` has found, a line a check, and below a fault how to mend it. */
export function doctorText(findings: readonly Examined[]): string {
  const lines = findings.flatMap((each) => {
    const first = `${MARKS[each.status]} ${each.name.padEnd(WIDTH)} ${each.found}`;
    return each.status === 'ok' || each.status === 'skipped' ? [first] : [first, ...mendLines(each.mend)];
  });
  const failed = findings.filter(({ status }) => status === 'failed').length;
  return [...lines, '', failed === 0 ? 'Nothing keeps runs from starting.' : `${failed} failed.`].join('\n');
}

function mendLines(mend: string): string[] {
  return mend === '' ? [] : mend.split('\n').map((line) => `${' '.repeat(WIDTH + 3)}→ ${line}`);
}
