import { costText } from './money.ts';
import { reportFile, runRoot } from './layout.ts';
import { workflowId } from './names.ts';
import type { RunInput, RunState } from './run.ts';

/** A score as people read it. */
export function shortScore(value: number): string {
  return value.toFixed(4);
}

/** A run's state as Markdown, for the Temporal Web UI. */
export function detailsOf(state: RunState, input: RunInput): string {
  const { pipeline, prefix, run } = input;
  const done = state.folds.filter((fold) => fold === 'done').length;
  const lines = [
    `**Stage** ${state.stage} · **folds** ${done} of ${state.folds.length} · **jobs** ${state.jobs.length} of ${state.plannedJobs} · **cost so far** ${costText(state.jobs, input)}`,
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
  const table = scoreTable(state);
  if (table !== undefined) lines.push(table);
  const at = [prefix, pipeline.pipeline, run] as const;
  lines.push(
    `**Files** \`${runRoot(...at)}\``,
    `**Report** \`${reportFile(...at)}\`, once the run is done: \`crossfold report ${workflowId(pipeline.pipeline, run)} --open\``,
  );
  return lines.join('\n\n');
}

/** A person's words as plain text in Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|&]/g, '\\$&').replaceAll(/\s+/g, ' ');
}

/** Algorithm × fold scores of the base settings, as far as they are known. */
function scoreTable({ scores, trials, folds }: RunState): string | undefined {
  const algorithms = Object.keys(scores);
  if (algorithms.length === 0) return undefined;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const shown = (score: number | null | undefined): string => (typeof score === 'number' ? shortScore(score) : '…');
  return [
    row(['algorithm', ...folds.map((_, fold) => `fold ${fold}`), 'mean', 'sd']),
    row(['---', ...folds.map(() => '---:'), '---:', '---:']),
    ...algorithms.map((algorithm) => {
      const trial = trials.find(({ setting }) => setting.id === `base-${algorithm}`);
      return row([
        algorithm,
        ...folds.map((_, fold) => shown(scores[algorithm]?.[fold])),
        shown(trial?.mean),
        shown(trial?.sd),
      ]);
    }),
  ].join('\n');
}
