import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';

/** Nothing narrower than this can be read, characters. */
const NARROWEST = 6;
const GAP = 2;

/** The lines of a table without borders: all of them empty but for the gaps between columns. */
const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'mid'].flatMap((line) => ['', '-mid', '-left', '-right'].map((at) => [`${line}${at}`, ''])),
);

/**
 * Rows below their heads.
 *
 * @param width the characters that a line may have: where borders do not fit they are left out, and where that is not enough the
 *   columns after the first are broken over lines, within words only where there is no other way. The first one names the row, and
 *   stays whole.
 */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const natural = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(widest)),
  );
  const sum = natural.reduce((total, each) => total + each, 0);
  const bordered = sum + 3 * head.length + 1 <= width;
  const words = head.map((title, column) => longestWord([title, ...rows.map((row) => row[column] ?? '')]));
  const room = width - GAP * (head.length - 1);
  const widths = fitted(fitted(natural, words, room), [], room);
  const broken = (row: readonly string[]): string[] =>
    row.map((cell, column) => wrapAnsi(cell, widths[column] ?? NARROWEST, { hard: true }));
  const table = bordered
    ? new Table({ head: [...head], style: { head: [], border: [] } })
    : new Table({
        head: broken(head),
        chars: {
          ...NO_BORDERS,
          left: '',
          'left-mid': '',
          right: '',
          'right-mid': '',
          middle: ' '.repeat(GAP),
          'mid-mid': '',
        },
        style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      });
  table.push(...rows.map((row) => (bordered ? [...row] : broken(row))));
  return bordered ? table.toString() : table.toString().replaceAll(/ +$/gm, '');
}

/** Widths that together take the room, or come near it: the widest after the first gives way first, none below its least. */
function fitted(natural: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...natural];
  const spare = (column: number): boolean =>
    column > 0 && (widths[column] ?? 0) > Math.max(NARROWEST, least[column] ?? 0);
  for (let over = widths.reduce((sum, each) => sum + each, 0) - room; over > 0; over -= 1) {
    const [at] = [...widths.keys()].filter(spare).sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0));
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return widths;
}

function longestWord(cells: readonly string[]): number {
  return widest(cells.join('\n').replaceAll(/\s+/g, '\n'));
}

function widest(cell: string): number {
  return Math.max(...cell.split('\n').map((line) => line.length));
}
