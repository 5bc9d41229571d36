import type { RunInput, RunState } from './run.ts';
import type { Trial } from './scores.ts';

/** A score as people read it. */
export function shortScore(value: number): string {
  return value.toFixed(4);
}

/** A run's state as Markdown, for the Temporal Web UI. */
export function detailsOf(state: RunState, { pipeline, prefix, run }: RunInput): string {
  const done = state.folds.filter((fold) => fold === 'done').length;
  const lines = [
    `**Stage** ${state.stage} · **folds** ${done} of ${state.folds.length} · **jobs** ${state.jobs.length} of ${state.plannedJobs}`,
  ];
  if (state.paused !== undefined)
    lines.push(
      `**Paused** since ${state.paused.since} by ${escaped(state.paused.by)}: ${escaped(state.paused.reason)}`,
    );
  if (state.waiting !== undefined) {
    const { until, otherwise } = state.waiting;
    const id = `${pipeline.pipeline}/${run}`;
    const deadline = until === undefined ? '' : `; without a decision by ${until} it is to ${otherwise}`;
    lines.push(`**Waiting for approval**: \`crossfold approve ${id}\` or \`crossfold reject ${id}\`${deadline}`);
  }
  if (state.best !== undefined) {
    const { setting, mean, sd } = state.best;
    lines.push(
      `**Best** ${setting.algorithm} (${setting.id}): ${pipeline.objective} ${shortScore(mean)} ± ${shortScore(sd)}`,
    );
  }
  lines.push(`**Files** ${prefix}/${pipeline.pipeline}/runs/${run}/`);
  const base = state.trials.filter(({ setting }) => setting.id.startsWith('base-'));
  return [...lines, base.length > 0 ? scoreTable(base) : ''].join('\n\n').trim();
}

/** A person's words as plain text in Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|&]/g, '\\$&').replaceAll(/\s+/g, ' ');
}

function scoreTable(trials: readonly Trial[]): string {
  const folds = trials[0]?.scores.map((_, fold) => `fold ${fold}`) ?? [];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['algorithm', ...folds, 'mean', 'sd']),
    row(['---', ...folds.map(() => '---'), '---', '---']),
    ...trials.map(({ setting, scores, mean, sd }) =>
      row([setting.algorithm, ...[...scores, mean, sd].map(shortScore)]),
    ),
  ].join('\n');
}
