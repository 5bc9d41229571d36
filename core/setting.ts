import { z } from 'zod';

/** One value of a hyperparameter, as YAML and JSON know it. */
export const hyperparameterValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type HyperparameterValue = z.infer<typeof hyperparameterValue>;

export type Hyperparameters = Readonly<Record<string, HyperparameterValue>>;

/** The id of the setting that the final model has. */
export const WINNER = 'winner';

/** One algorithm with one value for each of its hyperparameters; `id` is unique in its run. */
export interface Setting {
  readonly id: string;
  readonly algorithm: string;
  readonly hyperparameters: Hyperparameters;
}

/** A hyperparameter's value as people read it. */
export function shownValue(value: HyperparameterValue): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

/** A setting's hyperparameters as people read them. */
export function shownValues({ hyperparameters }: Pick<Setting, 'hyperparameters'>): string {
  return Object.entries(hyperparameters)
    .map(([name, value]) => `${name}=${shownValue(value)}`)
    .join(' ');
}
