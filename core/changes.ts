import { CrossfoldError } from './errors.ts';

/** What of a pipeline another run of it cannot change: these are files on the machine that it was started from. */
const FIXED: ReadonlySet<string> = new Set(['pipeline', 'scripts', 'data.file']);

/** One change of a pipeline: a dotted path in the pipeline file, and the value to be there. */
export interface Change {
  readonly path: readonly string[];
  readonly value: unknown;
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A change as it is typed: `tuning.trials=40`.
 *
 * @param read reads the text after `=` as the pipeline file would
 * @throws CrossfoldError PipelineInvalid
 */
export function parseChange(text: string, read: (value: string) => unknown): Change {
  const [, key, value] = /^([a-z][\w.-]*)=(.*)$/s.exec(text) ?? [];
  const path = key?.split('.') ?? [];
  if (key === undefined || value === undefined || path.includes('') || path.includes('__proto__'))
    throw new CrossfoldError('PipelineInvalid', `--set ${text}: allowed: key=value, such as tuning.trials=40.`);
  if (FIXED.has(key))
    throw new CrossfoldError('PipelineInvalid', `--set ${text}: ${key} cannot be changed; start a run from the file.`);
  return { path, value: read(value) };
}

/** A pipeline with changes; a value of nothing takes away what was there. What is left is to be checked. */
export function changed(pipeline: Mapping, changes: readonly Change[]): Mapping {
  return changes.reduce((whole, { path, value }) => withValue(whole, path, value), pipeline);
}

function withValue(whole: Mapping, [key, ...rest]: readonly string[], value: unknown): Mapping {
  if (key === undefined) return whole;
  const { [key]: before, ...others } = whole;
  if (rest.length > 0) return { ...whole, [key]: withValue(isMapping(before) ? before : {}, rest, value) };
  return value === null || value === undefined ? others : { ...whole, [key]: value };
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
