import { shortScore } from '../../run-details.ts';
import type { RunInput, RunResult } from '../../run.ts';
import { isBetter, ranked, type Trial } from '../../scores.ts';
import { finishersOf } from '../../selection.ts';
import { comparisonParts } from '../comparison-parts.ts';
import { html } from '../html.ts';
import { axesOf } from '../parallel.ts';
import { raceParts } from '../race-parts.ts';
import type { Chart, SectionOf } from '../report.ts';
import { COLOURS, CONFIG } from '../theme.ts';

/** Lines of a parallel-coordinates chart: the best. More are a blur. */
const LINES = 200;

/** How the tuning went, and which values did well. */
export const searchSection: SectionOf = ({ input, result }) => {
  const { tuned, objective, race, batch, sample } = result;
  if (tuned.length === 0) return undefined;
  const finished = new Set(finishersOf(tuned));
  const best = ranked([...finished], objective.goal);
  const algorithms = [...new Set(best.map(({ setting }) => setting.algorithm))];
  const saved = race.rule === 'off' ? 'No race.' : `The race (${race.rule}) saved ${race.saved} of ${race.all} fits.`;
  const part = sample === null ? '' : ` Trials were scored on ${Math.round(sample * 100)} % of the training rows.`;
  return {
    id: 'search',
    title: 'Search',
    parts: [
      html`<p>${tuned.length} trials, ${finished.size} of them scored on all folds. ${saved} ${batch}.${part}</p> `,
      historyChart(result, finished),
      ...algorithms.flatMap((algorithm) => settingsChart(algorithm, best, input, objective.metric)),
      ...raceParts(input, result),
      ...comparisonParts(result),
    ],
  };
};

function historyChart({ tuned, objective, before, sample }: RunResult, finished: ReadonlySet<Trial>): Chart {
  const { metric, goal } = objective;
  const trials = tuned.map((trial, index) => ({
    trial: index + 1,
    mean: trial.mean,
    end: finished.has(trial) ? 'all folds' : 'left the race',
  }));
  // Scores on a sample stand beside no others.
  let best: number | undefined = sample === null ? before.mean : undefined;
  const bestSoFar = tuned.flatMap((trial, index) => {
    if (finished.has(trial) && (best === undefined || isBetter(trial.mean, best, goal))) best = trial.mean;
    return best === undefined ? [] : [{ trial: index + 1, best }];
  });
  const x = {
    field: 'trial',
    type: 'quantitative',
    title: 'trial',
    scale: { zero: false, nice: false, padding: 8 },
    axis: { tickMinStep: 1, grid: false },
  } as const;
  return {
    title: 'Search history',
    description:
      `The mean ${metric} of each trial in the order of the search; the line is the best so far. ` +
      `It ends at ${best === undefined ? 'none' : shortScore(best)}. A cross left the race: its mean is over fewer folds.`,
    spec: {
      width: 600,
      height: 240,
      config: CONFIG,
      layer: [
        {
          data: { values: bestSoFar },
          mark: { type: 'line', interpolate: 'step-after', color: COLOURS.orange, strokeWidth: 2 },
          encoding: { x, y: { field: 'best', type: 'quantitative', title: metric, scale: { zero: false } } },
        },
        {
          data: { values: trials },
          mark: { type: 'point', size: 60, strokeWidth: 2, opacity: 0.9 },
          encoding: {
            x,
            y: { field: 'mean', type: 'quantitative' },
            shape: {
              field: 'end',
              type: 'nominal',
              scale: { domain: ['all folds', 'left the race'], range: ['circle', 'cross'] },
              legend: { title: null, orient: 'top' },
            },
            color: {
              field: 'end',
              type: 'nominal',
              scale: { domain: ['all folds', 'left the race'], range: [COLOURS.blue, COLOURS.grey] },
              legend: { title: null, orient: 'top' },
            },
          },
        },
      ],
    },
  };
}

/** The settings of one algorithm as lines over their hyperparameters. */
function settingsChart(algorithm: string, best: readonly Trial[], { pipeline }: RunInput, metric: string): Chart[] {
  const trials = best.filter(({ setting }) => setting.algorithm === algorithm).slice(0, LINES);
  const ranges = Object.entries(pipeline.algorithms[algorithm]?.ranges ?? {});
  const logarithmic = ranges.filter(([, range]) => 'scaling' in range && range.scaling === 'logarithmic');
  const axes = axesOf(trials, new Set(logarithmic.map(([name]) => name)), metric);
  if (axes.length < 2 || trials.length < 2) return [];
  const lines = trials.flatMap((trial, rank) =>
    axes.map((axis) => ({ line: rank, name: axis.name, at: axis.at(trial), score: trial.mean })),
  );
  const ends = axes.map(({ name, low, high }) => ({ name, low, high, bottom: 0, top: 1 }));
  const x = {
    field: 'name',
    type: 'nominal',
    scale: { type: 'point', domain: axes.map(({ name }) => name), padding: 0.5 },
    axis: { title: null, labelAngle: 0, orient: 'top', domain: false, ticks: false, labelPadding: 22, labelLimit: 220 },
  } as const;
  const scale = { domain: [0, 1] };
  const y = { ...({ field: 'at', type: 'quantitative', axis: null } as const), scale };
  return [
    {
      title: `Settings of ${algorithm}`,
      description:
        `Each line is a trial that was scored on all folds, the best ${LINES} at most; the thick one is the best. ` +
        `From ${axes.map(({ name, low, high }) => `${name} (${low} to ${high})`).join(', ')}.`,
      spec: {
        width: Math.max(420, 150 * axes.length),
        height: 220,
        config: CONFIG,
        layer: [
          {
            data: { values: ends },
            mark: { type: 'rule', color: 'currentColor', opacity: 0.4 },
            encoding: {
              x,
              y: { field: 'bottom', type: 'quantitative', scale, axis: null },
              y2: { field: 'top' },
            },
          },
          {
            data: { values: lines },
            mark: { type: 'line', strokeWidth: 1.5, opacity: 0.75 },
            encoding: {
              x,
              y,
              detail: { field: 'line' },
              color: {
                field: 'score',
                type: 'quantitative',
                scale: { range: [COLOURS.grey, COLOURS.blue] },
                legend: { title: metric, orient: 'right', format: '.4~f' },
              },
            },
          },
          {
            data: { values: lines.filter(({ line }) => line === 0) },
            mark: { type: 'line', strokeWidth: 3.5, color: COLOURS.orange, point: { color: COLOURS.orange, size: 50 } },
            encoding: { x, y },
          },
          {
            data: { values: ends },
            mark: { type: 'text', dy: 12, color: 'currentColor', fontSize: 11 },
            encoding: { x, y: { field: 'bottom', type: 'quantitative' }, text: { field: 'low' } },
          },
          {
            data: { values: ends },
            mark: { type: 'text', dy: -10, color: 'currentColor', fontSize: 11 },
            encoding: { x, y: { field: 'top', type: 'quantitative' }, text: { field: 'high' } },
          },
        ],
      },
    },
  ];
}
