import type { NewPipeline } from '../init/new-pipeline.ts';

/** The most names that are listed of columns of one kind. */
const SHOWN = 8;

/** What `init` has proposed, and why, for people. */
export function proposalText({ file, folder, proposal, notes }: NewPipeline): string {
  const { target, reasons, others, task, classes, rows, folds, numeric, categorical, dates, leftOut, groups } =
    proposal;
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  const lines = [
    `Target       ${target}${why}`,
    ...(reasons.length > 0 && others.length > 0
      ? [`             --target names another, such as ${listed(others)}`]
      : []),
    `Task         ${task}${classes.length > 0 ? `: ${classesText(classes, rows)}` : ''}`,
    `Split        ${rows} rows: a fifth held out, ${folds} folds`,
    ...named('Numeric', numeric),
    ...named('Categorical', categorical),
    ...named('Dates', dates),
    ...leftOut.map(({ name, reason }, index) => `${index === 0 ? 'Left out    ' : '            '} ${name} ${reason}`),
    ...notes.map((note) => `Note         ${note}`),
    ...(groups.length > 0
      ? [`Note         rows may belong together by ${listed(groups)}: see GROUP in scripts/preprocessing.py`]
      : []),
    ...(dates.length > 0 ? ['Note         rows have dates: see TIME in scripts/preprocessing.py'] : []),
  ];
  return [
    `Made ${folder}/: look through scripts/preprocessing.py, it says what is known of each column.`,
    lines.join('\n'),
    `Next:\n  npx crossfold up\n  npx crossfold run ${file}`,
  ].join('\n\n');
}

function named(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title.padEnd(12)} ${listed(names)}`];
}

function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

function classesText(classes: readonly (readonly [string, number])[], rows: number): string {
  const shares = classes.map(([label, count]) => `${label} ${((100 * count) / rows).toFixed(1)} %`);
  return listed(shares);
}
