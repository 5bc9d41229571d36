import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TrainingRequest } from './training-request.ts';

const file = (name: string): string => fileURLToPath(new URL(`../python/${name}`, import.meta.url));

/** Trains the algorithm on the job's channels. */
export const BUILT_IN_COMMAND = ['python3', file('train_xgboost.py')];

const names = z
  .object({ maximized: z.array(z.string()), minimized: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(file('builtin_xgboost/metrics.json'), 'utf8')));

type MetricDefinitions = TrainingRequest['AlgorithmSpecification']['MetricDefinitions'];

/** The metrics that the algorithm's jobs report, as AWS defines them. */
export const BUILT_IN_METRICS: MetricDefinitions = ['train', 'validation'].flatMap((channel) =>
  [...names.maximized, ...names.minimized].map((metric) => ({
    Name: `${channel}:${metric}`,
    Regex: `.*\\[[0-9]+\\].*#011${channel}-${metric}:([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*`,
  })),
);

/** Hyperparameters of the container that are not here: any value of them, or the ones that are listed. */
const UNSUPPORTED: Readonly<Record<string, readonly string[] | undefined>> = {
  _kfold: undefined,
  _num_cv_round: undefined,
  use_dask_gpu_training: ['true'],
  tree_method: ['gpu_hist'],
  predictor: ['gpu_predictor'],
};

/** Whether a job brings no script and no command, and its image an algorithm. */
export function isBuiltIn({ AlgorithmSpecification, HyperParameters }: TrainingRequest, images: Images): boolean {
  const { TrainingImage, ContainerEntrypoint } = AlgorithmSpecification;
  return (
    ContainerEntrypoint === undefined &&
    HyperParameters['sagemaker_program'] === undefined &&
    images.require(TrainingImage) === 'xgboost'
  );
}

/**
 * What the algorithm does not take before it runs; what is wrong with its hyperparameters it says itself, as on AWS.
 *
 * @throws ServiceError ValidationException
 */
export function requireBuiltIn({ AlgorithmSpecification, HyperParameters, InputDataConfig }: TrainingRequest): void {
  if (AlgorithmSpecification.MetricDefinitions.length > 0) {
    throw validation(
      "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
    );
  }
  for (const [name, values] of Object.entries(UNSUPPORTED)) {
    const given = HyperParameters[name];
    if (given === undefined || (values !== undefined && !values.includes(given))) continue;
    throw validation(
      `The built-in XGBoost algorithm has no ${name}${values === undefined ? '' : ` "${given}"`} here: it trains one model on one CPU machine.`,
    );
  }
  for (const { ChannelName, ContentType } of InputDataConfig) {
    if (ContentType?.includes('recordio') !== true) continue;
    throw validation(
      `The channel ${ChannelName} has the content type ${ContentType}, which the built-in XGBoost algorithm does not read here. What it reads: text/csv, text/libsvm, application/x-parquet.`,
    );
  }
}

/** A request with the algorithm's metrics, which AWS adds to it. */
export function withBuiltInMetrics(request: JsonObject): JsonObject {
  const given = request['AlgorithmSpecification'];
  const specification: JsonObject = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
  const MetricDefinitions = BUILT_IN_METRICS.map(({ Name, Regex }): Json => ({ Name, Regex }));
  return { ...request, AlgorithmSpecification: { ...specification, MetricDefinitions } };
}

/** Those of the metrics that a log tells of: looking for each of them in each line takes a second where there are many. */
export async function loggedMetrics(log: string): Promise<MetricDefinitions> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const logged = new Set<string>();
  for (const [, channel = '', metric = ''] of text.matchAll(/#011(train|validation)-([^:#\s]+):/g))
    logged.add(`${channel}:${metric}`);
  return BUILT_IN_METRICS.filter(({ Name }) => logged.has(Name));
}
