import Table from 'cli-table3';
import { shortScore } from '../../core/run-details.ts';
import type { EndpointSample, Prediction, RunResult } from '../../core/run.ts';
import type { Trial } from '../../core/scores.ts';

/** A run's result for people. */
export function resultText(result: RunResult, link: string): string {
  const { objective, before, winner, holdout, deployment, files } = result;
  const { metric } = objective;
  const parts = [
    `${result.pipeline}/${result.run}: ${metric} (${objective.goal}), ${result.rows.all} rows, ${result.rows.holdout} of them held out`,
    scoreTable(result.base),
    [
      `Best before tuning  ${settingLine(before)}`,
      `Best after tuning   ${result.tuned.length === 0 ? 'not tuned' : settingLine(winner)}`,
      `Holdout             ${metricsLine(holdout.metrics)} on ${holdout.rows} rows that nothing before has seen`,
    ].join('\n'),
  ];
  if (deployment !== undefined) {
    parts.push(
      [
        `Endpoint            ${deployment.endpoint}: ${deployment.smokeRows} raw rows answered as the offline model answers them`,
        ...deployment.samples.map(sampleLine),
      ].join('\n'),
    );
  }
  parts.push(
    [
      `Web UI              ${link}`,
      `Files               ${files.root}`,
      `Model package       ${result.modelPackage}`,
    ].join('\n'),
  );
  return parts.join('\n\n');
}

/** Algorithm × fold scores, with mean and sd. */
export function scoreTable(trials: readonly Trial[]): string {
  const folds = trials[0]?.scores.map((_, fold) => `fold ${fold}`) ?? [];
  const table = new Table({ head: ['algorithm', ...folds, 'mean', 'sd'], style: { head: [], border: [] } });
  for (const { setting, scores, mean, sd } of trials) {
    table.push([setting.algorithm, ...[...scores, mean, sd].map(shortScore)]);
  }
  return table.toString();
}

function settingLine({ setting, mean, sd }: Trial): string {
  const values = Object.entries(setting.hyperparameters).map(([name, value]) => `${name}=${shownValue(value)}`);
  return `${setting.algorithm} ${shortScore(mean)} ± ${shortScore(sd)}   ${values.join(' ')}`;
}

function metricsLine(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${shortScore(value)}`)
    .join(', ');
}

function sampleLine(sample: EndpointSample): string {
  const values = Object.entries(sample.row).map(([name, value]) => `${name}=${value === null ? '' : String(value)}`);
  return `  ${values.join(', ')}\n    → ${predictionText(sample)}`;
}

function predictionText(prediction: Prediction): string {
  if ('value' in prediction) return shortScore(prediction.value);
  const shares = Object.entries(prediction.probabilities).map(([name, value]) => `${name}: ${shortScore(value)}`);
  return `${prediction.label}  (${shares.join(', ')})`;
}

function shownValue(value: string | number | boolean | null): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}
