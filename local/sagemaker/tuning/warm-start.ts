import { z } from 'zod';
import { validation } from '../errors.ts';
import { isOver } from '../jobs/kind.ts';
import type { Store } from '../store.ts';
import { planOf, type Plan, type Search } from './plan.ts';
import { searched } from './ranges.ts';

/** How many hyperparameters may change between a tuning job and its parents, as on AWS. */
const MOST_CHANGES = 10;

/** Members of a definition that say on what data and with which algorithm. */
const identity = z.object({
  AlgorithmSpecification: z.object({ TrainingImage: z.string().optional(), AlgorithmName: z.string().optional() }),
  InputDataConfig: z.unknown().optional(),
});

/**
 * Refuses parents that a tuning job cannot start from.
 *
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
 *
 * @throws ServiceError ValidationException that names the parent
 */
export function requireParents(store: Store, plan: Plan): void {
  for (const name of plan.parents) {
    const parent = store.get('hyper-parameter-tuning-job', name);
    if (parent === undefined) throw validation(`The parent tuning job "${name}" was not found.`);
    if (!isOver(parent.status))
      throw validation(
        `The parent tuning job "${name}" is ${parent.status}: a warm start needs parents that are over.`,
      );
    const { searches } = planOf(parent.request);
    for (const search of plan.searches) {
      const before = searches.find((each) => each.name === search.name);
      if (before === undefined)
        throw validation(`The parent tuning job "${name}" has no definition ${search.name ?? 'without a name'}.`);
      requireAlike(name, before, search, plan.warmStart === 'IdenticalDataAndAlgorithm');
    }
  }
}

function requireAlike(name: string, before: Search, now: Search, identical: boolean): void {
  if (before.metric !== now.metric || before.goal !== now.goal)
    throw validation(`The parent tuning job "${name}" has another objective: ${before.goal} ${before.metric}.`);
  const [had, have] = [hyperparameters(before), hyperparameters(now)];
  if (had.size !== have.size)
    throw validation(`The parent tuning job "${name}" has ${had.size} hyperparameters, this one has ${have.size}.`);
  const changes = [...have].filter(([key, value]) => had.get(key) !== value).length;
  if (changes > MOST_CHANGES)
    throw validation(
      `${changes} hyperparameters are not as in the parent "${name}"; at most ${MOST_CHANGES} may change.`,
    );
  if (identical && JSON.stringify(identity.parse(before.definition)) !== JSON.stringify(identity.parse(now.definition)))
    throw validation(
      `The parent "${name}" has another image or other input: IdenticalDataAndAlgorithm needs the same.`,
    );
}

/** Static hyperparameters by their values, searched ones without. */
function hyperparameters({ statics, ranges }: Search): Map<string, string | undefined> {
  return new Map<string, string | undefined>([
    ...Object.entries(statics),
    ...searched(ranges).map((name): [string, undefined] => [name, undefined]),
  ]);
}
