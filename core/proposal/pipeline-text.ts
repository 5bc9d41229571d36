import type { Proposal } from './proposal.ts';

/** The rarest class has less than this share: to tell it apart is what counts then. */
const RARE = 0.1;
/** From so many rows on, tuning on a share of them finds the same settings sooner. */
const MANY_ROWS = 20_000;

/** What a pipeline file says besides the proposal. */
export interface PipelineFile {
  readonly name: string;
  /** The table, from the pipeline file. */
  readonly table: string;
}

/** The pipeline file of a new pipeline. It names no column: they are in preprocessing.py alone. */
export function pipelineText(proposal: Proposal, { name, table }: PipelineFile): string {
  const { task, folds, rows } = proposal;
  const sampled = rows >= MANY_ROWS;
  return [
    `# ${sizeOf(proposal)}`,
    '# What is predicted from which columns is in scripts/preprocessing.py. All that can stand here: docs/reference/pipeline-file.md.',
    `pipeline: ${name}`,
    `data: { file: ${JSON.stringify(table)} }`,
    ...(task === 'regression' ? ['task: regression'] : []),
    ...splitLines(proposal),
    ...objectiveLines(proposal),
    'algorithms:',
    ...(task === 'regression' ? REGRESSORS : CLASSIFIERS),
    `# Settings to try for the algorithm that does best${sampled ? ', on a share of the rows' : ''}; each is scored on all ${folds} folds while it can win.`,
    sampled ? 'tuning: { trials: 20, sample: 0.2 }' : 'tuning: { trials: 20 }',
    '# Serve the final model. An endpoint costs until it is deleted.',
    `# deploy: { endpoint: ${name} }`,
    '',
  ].join('\n');
}

function sizeOf({ rows, classes }: Proposal): string {
  if (classes.length === 0) return `${rows} rows, a number to predict.`;
  const smallest = Math.min(...classes.map(([, count]) => count));
  return `${rows} rows, ${classes.length} classes; the smallest has ${smallest} rows (${((100 * smallest) / rows).toFixed(1)} %).`;
}

function splitLines({ folds, groups, dates }: Proposal): string[] {
  const others = [...(groups.length > 0 ? ['by group'] : []), ...(dates.length > 0 ? ['by time'] : [])];
  return [
    ...(others.length > 0
      ? [`# The table may have to be split ${others.join(' or ')}: see the comments in scripts/preprocessing.py.`]
      : []),
    ...(folds < 5 ? ['# The smallest class has too few rows for 5 folds.'] : []),
    `split: { holdout: 0.2, folds: ${folds} }`,
  ];
}

function objectiveLines({ task, classes, rows }: Proposal): string[] {
  if (task === 'regression') return ['objective: rmse', 'metrics: [rmse, mae, r2]'];
  const smallest = Math.min(...classes.map(([, count]) => count));
  if (smallest < RARE * rows) {
    return [
      '# Accuracy says little where a class is rare: always to predict another would be nearly always right.',
      'objective: average_precision',
      'metrics: [average_precision, roc_auc, balanced_accuracy, log_loss]',
    ];
  }
  return ['objective: roc_auc', 'metrics: [roc_auc, accuracy, log_loss]'];
}

const FOREST = [
  '  random_forest:',
  '    hyperparameters: { n_estimators: 200 }',
  '    ranges:',
  '      max_depth: { type: integer, min: 3, max: 16 }',
  '      min_samples_leaf: { type: integer, min: 1, max: 20 }',
];

const BOOSTING = [
  '  hist_gradient_boosting:',
  '    ranges:',
  '      learning_rate: { type: continuous, min: 0.01, max: 0.3, scaling: logarithmic }',
  '      max_leaf_nodes: { type: integer, min: 3, max: 63 }',
];

const CLASSIFIERS = [
  '  logistic_regression:',
  '    ranges:',
  '      C: { type: continuous, min: 0.001, max: 100, scaling: logarithmic }',
  ...FOREST,
  ...BOOSTING,
];

const REGRESSORS = [
  '  ridge:',
  '    ranges:',
  '      alpha: { type: continuous, min: 0.001, max: 1000, scaling: logarithmic }',
  ...FOREST,
  ...BOOSTING,
];
