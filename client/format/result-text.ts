import { shownValues } from '../../core/setting.ts';
import { droppingRounds, roundText } from '../../core/race-rounds.ts';
import { shortScore } from '../../core/run-details.ts';
import { decisionText } from './control-text.ts';
import { tableText } from './table.ts';
import type { EndpointSample, Prediction, RunResult } from '../../core/run.ts';
import type { Trial } from '../../core/scores.ts';
import { meanInterval, testToTrain } from '../../core/statistics.ts';
import { finisherRows, passedOver, trialRows, verdictOf } from '../../core/trial-table.ts';

/** A run's result for people. */
export function resultText(result: RunResult, link: string, width: number): string {
  const { objective, before, holdout, challenge, approval, deployment, files } = result;
  const { metric } = objective;
  const parts = [
    `${result.pipeline}/${result.run}: ${metric} (${objective.goal}), ${result.rows.all} rows, ${result.rows.holdout} of them held out`,
    scoreTable(result.base, width),
    comparisonTable(result, width),
    [
      ...tuningLines(result),
      ...perFoldLines(result),
      ...managedLines(result),
      ...nestedLines(result),
      `Best before tuning  ${settingLine(before)}`,
      ...winnerLines(result),
      `Holdout             ${metricsLine(holdout.metrics)} on ${holdout.rows} rows that nothing before has seen`,
    ].join('\n'),
  ];
  if (challenge !== undefined) parts.push(`Challenge           ${challenge.reason}`);
  if (approval !== undefined) parts.push(`Approval            ${decisionText(approval)}`);
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

/** The best setting that tuning found; and the simpler one that was selected, where the pipeline asks for it. */
function winnerLines(result: RunResult): string[] {
  const { winner, tuned } = result;
  if (tuned.length === 0) return ['Best after tuning   not tuned'];
  const better = passedOver(result);
  if (better === undefined) return [`Best after tuning   ${settingLine(winner)}`];
  return [
    `Best after tuning   ${settingLine(better)}`,
    `Selected            ${settingLine(winner)}: simpler, and near enough to the best for the pipeline's rule`,
  ];
}

/** Each algorithm's base setting: its interval, and whether it can be told apart from the best. */
function comparisonTable({ base, objective, folds, confidence }: RunResult, width: number): string {
  const percent = `${Number((confidence * 100).toPrecision(4))} %`;
  const head = ['algorithm', 'mean', `${percent} interval`, 'behind the best', 'p', 'verdict'];
  const rows = trialRows(base, objective.goal, { ratio: testToTrain(folds), confidence }).map((row) => {
    const { low, high } = row.interval;
    return [
      ...[row.setting.algorithm, shortScore(row.mean), `${shortScore(low)} – ${shortScore(high)}`],
      ...[shortScore(row.behind), row.p?.toPrecision(2) ?? '', verdictOf(row)],
    ];
  });
  return tableText(head, rows, width);
}

/** How the tuning went: what the race saved and when, how its fits were grouped, what it could not tell apart. */
function tuningLines(result: RunResult): string[] {
  const { race, batch, tuned, folds } = result;
  if (tuned.length === 0) return [];
  const finished = finisherRows(result);
  const ties = finished.filter(({ tie }) => tie).length;
  const lines = [
    `Batches             ${batch}`,
    `Ties                ${ties} of the ${finished.length} settings that were scored on all folds cannot be told apart from the best`,
  ];
  if (race.rule === 'off') return lines;
  const share = Math.round((100 * race.saved) / race.all);
  return [
    `Race                ${race.rule} saved ${race.saved} of ${race.all} fits (${share} %)`,
    ...droppingRounds(tuned, folds.length).map((round) => `                    ${roundText(round)}`),
    ...lines,
  ];
}

/** What folds that tuned on their own found, beside what it was worth over all folds. */
function perFoldLines({ perFold }: RunResult): string[] {
  if (perFold === undefined) return [];
  const { optimistic, best, each } = perFold;
  const remedies = [
    ...(best === undefined ? [] : [`the best of them over all folds ${shortScore(best.mean)}`]),
    ...(each.length === 0 ? [] : [`each over all folds ${each.map(({ mean }) => shortScore(mean)).join(', ')}`]),
  ];
  return [
    `Tuned per fold      mean of the winners' own scores ${shortScore(optimistic)}: it flatters, as each was chosen on the rows that score it`,
    `                    ${remedies.join('; ')}`,
  ];
}

/** What SageMaker's tuning jobs did, and which of their training jobs gave no trial. */
function managedLines({ managed = [] }: RunResult): string[] {
  return managed.flatMap(({ algorithm, job, strategy, trainings, stoppedEarly, warmStart, unscored }) => [
    `Tuning job          ${job}: ${strategy} search of ${algorithm}, ${trainings} training jobs, ${stoppedEarly} stopped early` +
      (warmStart === undefined ? '' : `, warm start (${warmStart.type}) from ${warmStart.parents.join(', ')}`),
    ...unscored.map((each) => `                    no trial from ${each.job}: ${each.reason}`),
  ]);
}

/** The estimate that no choice has flattered, beside the one that the choice was made by. */
function nestedLines({ nested, winner, folds, confidence }: RunResult): string[] {
  if (nested === undefined) return [];
  const { low, high } = meanInterval(
    nested.folds.map(({ score }) => score),
    testToTrain(folds),
    confidence,
  );
  return [
    `Nested estimate     ${shortScore(nested.mean)} ± ${shortScore(nested.sd)} (${shortScore(low)} – ${shortScore(high)}); ` +
      `the winner's own mean, ${shortScore(winner.mean)}, chose it and flatters it`,
  ];
}

/** Algorithm × fold scores, with mean and sd. */
export function scoreTable(trials: readonly Trial[], width: number): string {
  const folds = trials[0]?.scores.map((_, fold) => `fold ${fold}`) ?? [];
  const rows = trials.map(({ setting, scores, mean, sd }) => [
    setting.algorithm,
    ...[...scores, mean, sd].map(shortScore),
  ]);
  return tableText(['algorithm', ...folds, 'mean', 'sd'], rows, width);
}

function settingLine({ setting, mean, sd }: Trial): string {
  return `${setting.algorithm} ${shortScore(mean)} ± ${shortScore(sd)}   ${shownValues(setting)}`;
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
