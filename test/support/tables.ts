import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonPath } from './tools.ts';

const SCRIPT = fileURLToPath(new URL('bundled_tables.py', import.meta.url));

/** Writes scikit-learn's tables into a folder: breast_cancer.csv, wine.csv, diabetes.csv, iris.csv. */
export async function writeBundledTables(folder: string): Promise<void> {
  await promisify(execFile)(pythonPath(), [SCRIPT, folder]);
}

/** A table as shops keep it: ids, gaps, dates, text, a constant, a wide category, yes and no. */
export function shopTable(rows = 240): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const churned = (row * 7) % 10 < 3 ? 'yes' : 'no';
    const day = String((row % 28) + 1).padStart(2, '0');
    return [
      ...[row + 1, `C${row % 60}`, `2026-${String((row % 12) + 1).padStart(2, '0')}-${day}`],
      ...[row % 5 === 0 ? '' : (row % 40) + 20, (row * 13) % 17, row % 9 === 0 ? '' : `city ${row % 45}`],
      ...[row % 2 === 0 ? 'true' : 'false', 'CH', `"said, on visit ${row}, that all was well"`, churned],
    ].join(',');
  });
  return ['order_id,customer_id,joined,age,visits,city,member,country,comment,churned', ...lines, ''].join('\n');
}
