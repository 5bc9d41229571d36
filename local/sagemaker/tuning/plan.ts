import { z } from 'zod';
import { validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import { combinations, parameterRanges, requireSearchable, type ParameterRanges } from './ranges.ts';

/** Static hyperparameters that tell Hyperband the largest number of epochs where nothing else does, as on AWS. */
const EPOCHS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];
const MOST_EPOCHS = 20_000;

const objective = z.object({ Type: z.enum(['Maximize', 'Minimize']), MetricName: z.string() });
const definition = z.looseObject({
  DefinitionName: z.string().optional(),
  TuningObjective: objective.optional(),
  HyperParameterRanges: parameterRanges.optional(),
  StaticHyperParameters: z.record(z.string(), z.string()).default({}),
});
const hyperband = z.object({ MinResource: z.number().default(1), MaxResource: z.number().optional() });

const tuningRequest = z.object({
  HyperParameterTuningJobConfig: z.object({
    Strategy: z.enum(['Random', 'Grid', 'Bayesian', 'Hyperband']),
    StrategyConfig: z.object({ HyperbandStrategyConfig: hyperband.optional() }).optional(),
    HyperParameterTuningJobObjective: objective.optional(),
    ResourceLimits: z.object({
      MaxNumberOfTrainingJobs: z.number().optional(),
      MaxParallelTrainingJobs: z.number(),
      MaxRuntimeInSeconds: z.number().optional(),
    }),
    ParameterRanges: parameterRanges.optional(),
    RandomSeed: z.number().optional(),
    TrainingJobEarlyStoppingType: z.enum(['Off', 'Auto']).default('Off'),
    TuningJobCompletionCriteria: z
      .object({
        TargetObjectiveMetricValue: z.number().optional(),
        BestObjectiveNotImproving: z.object({ MaxNumberOfTrainingJobsNotImproving: z.number().optional() }).optional(),
        ConvergenceDetected: z
          .object({
            CompleteOnConvergence: z.literal('Disabled', "AWS's rule for convergence is not public; leave it Disabled"),
          })
          .optional(),
      })
      .default({}),
  }),
  TrainingJobDefinition: definition.optional(),
  TrainingJobDefinitions: z.array(definition).optional(),
  WarmStartConfig: z
    .object({
      WarmStartType: z.enum(['IdenticalDataAndAlgorithm', 'TransferLearning']),
      ParentHyperParameterTuningJobs: z.array(z.object({ HyperParameterTuningJobName: z.string() })),
    })
    .optional(),
  Autotune: z.undefined('Autotune is not supported: say what to search').optional(),
});
type TuningRequest = z.infer<typeof tuningRequest>;
type Config = TuningRequest['HyperParameterTuningJobConfig'];

/** When a training job is stopped before its end, as tuner.py takes it. */
export type Pruning = { rule: 'median' } | { rule: 'hyperband'; least: number; most: number };

/** What is searched for one training job definition. */
export interface Search {
  /** DefinitionName, where the tuning job has several. */
  readonly name: string | undefined;
  readonly metric: string;
  readonly goal: 'Maximize' | 'Minimize';
  readonly ranges: ParameterRanges;
  readonly statics: Readonly<Record<string, string>>;
  /** The definition as it came. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** A tuning job's request, put in order. */
export interface Plan {
  readonly strategy: Config['Strategy'];
  readonly seed: number | undefined;
  readonly pruning: Pruning | null;
  readonly searches: readonly [Search, ...Search[]];
  /** How many training jobs in all; Infinity where other criteria end the tuning job. */
  readonly jobs: number;
  readonly parallel: number;
  readonly runtimeSeconds: number;
  /** The objective that ends the tuning job. */
  readonly target: number | undefined;
  /** After how many training jobs without a better one the tuning job ends. */
  readonly patience: number;
  readonly parents: readonly string[];
  readonly warmStart: 'IdenticalDataAndAlgorithm' | 'TransferLearning' | undefined;
}

/**
 * The plan of a tuning job.
 *
 * @throws ServiceError ValidationException for what AWS would refuse beyond its model, or would run and this endpoint cannot
 */
export function planOf(request: JsonObject): Plan {
  const asked = parsed(tuningRequest, request, 'The tuning job cannot run here');
  const { HyperParameterTuningJobConfig: config, WarmStartConfig } = asked;
  const { ResourceLimits, TuningJobCompletionCriteria: criteria } = config;
  const searches = searchesOf(asked);
  const { RandomSeed, Strategy } = config;
  return {
    ...{ strategy: Strategy, seed: RandomSeed, searches, pruning: pruningOf(config, searches[0]) },
    jobs: jobsOf(config, searches),
    parallel: ResourceLimits.MaxParallelTrainingJobs,
    runtimeSeconds: ResourceLimits.MaxRuntimeInSeconds ?? Infinity,
    target: criteria.TargetObjectiveMetricValue,
    patience: criteria.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving ?? Infinity,
    parents: (WarmStartConfig?.ParentHyperParameterTuningJobs ?? []).map((each) => each.HyperParameterTuningJobName),
    warmStart: WarmStartConfig?.WarmStartType,
  };
}

function searchesOf(request: TuningRequest): [Search, ...Search[]] {
  const {
    HyperParameterTuningJobConfig: config,
    TrainingJobDefinition: one,
    TrainingJobDefinitions: several,
  } = request;
  if ((one === undefined) === (several === undefined))
    throw validation('Give either TrainingJobDefinition or TrainingJobDefinitions.');
  if (several === undefined) {
    const single = definition.parse(one);
    return [searchOf(single, undefined, config.HyperParameterTuningJobObjective, config.ParameterRanges)];
  }
  if (config.HyperParameterTuningJobObjective !== undefined || config.ParameterRanges !== undefined) {
    throw validation(
      'With TrainingJobDefinitions, each has its own TuningObjective and HyperParameterRanges; the configuration has none.',
    );
  }
  const [first, ...others] = several.map((each) => {
    if (each.DefinitionName === undefined) throw validation('Each of TrainingJobDefinitions needs a DefinitionName.');
    return searchOf(each, each.DefinitionName, each.TuningObjective, each.HyperParameterRanges);
  });
  if (first === undefined) throw validation('TrainingJobDefinitions is empty.');
  const all = [first, ...others].map(({ name }) => name);
  if (new Set(all).size < all.length) throw validation('Two of TrainingJobDefinitions have the same DefinitionName.');
  if (others.some(({ goal }) => goal !== first.goal))
    throw validation(
      'The TuningObjectives must all be maximized or all be minimized, or there is no best training job.',
    );
  return [first, ...others];
}

function searchOf(
  found: z.infer<typeof definition>,
  name: string | undefined,
  aim: z.infer<typeof objective> | undefined,
  ranges: ParameterRanges | undefined,
): Search {
  if (aim === undefined) throw validation(`The objective${name === undefined ? '' : ` of ${name}`} is missing.`);
  const parsed = ranges ?? parameterRanges.parse({});
  requireSearchable(parsed);
  const { StaticHyperParameters: statics } = found;
  return { name, metric: aim.MetricName, goal: aim.Type, ranges: parsed, statics, definition: found };
}

function jobsOf({ Strategy, ResourceLimits }: Config, searches: readonly Search[]): number {
  const { MaxNumberOfTrainingJobs: asked, MaxRuntimeInSeconds } = ResourceLimits;
  if (Strategy !== 'Grid') {
    if (asked === undefined && MaxRuntimeInSeconds === undefined)
      throw validation('ResourceLimits needs MaxNumberOfTrainingJobs or MaxRuntimeInSeconds.');
    return asked ?? Infinity;
  }
  for (const { ranges } of searches) {
    if (ranges.IntegerParameterRanges.length + ranges.ContinuousParameterRanges.length > 0)
      throw validation('The strategy Grid takes CategoricalParameterRanges only.');
  }
  const size = searches.reduce((sum, { ranges }) => sum + combinations(ranges), 0);
  if (asked !== undefined && asked !== size)
    throw validation(`MaxNumberOfTrainingJobs is ${asked}, but the grid has ${size} combinations; leave it out.`);
  return size;
}

function pruningOf(config: Config, { statics }: Search): Pruning | null {
  const stopped = config.TrainingJobEarlyStoppingType === 'Auto';
  if (config.Strategy !== 'Hyperband') return stopped ? { rule: 'median' } : null;
  if (stopped) throw validation('Hyperband stops training jobs by itself: TrainingJobEarlyStoppingType must be Off.');
  const { MinResource = 1, MaxResource } = config.StrategyConfig?.HyperbandStrategyConfig ?? {};
  const epochs = EPOCHS.map((name) => Number(statics[name] ?? Number.NaN)).find((value) => Number.isInteger(value));
  const most = MaxResource ?? epochs;
  if (most === undefined)
    throw validation(`Hyperband needs MaxResource, or one of the static hyperparameters ${EPOCHS.join(', ')}.`);
  if (most > MOST_EPOCHS || MinResource >= most)
    throw validation(`Hyperband needs MinResource < MaxResource <= ${MOST_EPOCHS}, not ${MinResource} and ${most}.`);
  return { rule: 'hyperband', least: MinResource, most };
}
