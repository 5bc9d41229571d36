/**
 * Where a step is in the order of a run, from the whole to the part: `outer-1/fold-0/train-2` is in `nested`, there in `outer-1`, there in `fold-0`, there
 * `train`. What a part holds runs one after the other, in the order in which it began; only its folds run side by side.
 */
export function pathOf(step: string): string[] {
  const named = step
    .replace(/-\d+$/, '')
    .replace(/^outer-\d+/, 'nested/$&')
    // An outer fold tunes on its own sample.
    .replace(/^(nested\/outer-\d+)-sample\//, '$1/sample/');
  return named.split('/');
}

/** What the folds of a part have in common; of all others their own name: parts of one name run side by side. */
export function partOf(name: string | undefined): string | undefined {
  return name?.replace(/^(fold|outer)-\d+$/, '$1');
}

/** A step's stage – the jobs that are asked for together – and its place there, by the number at its end. */
export function placeIn({ run, step }: { readonly run: string; readonly step: string }): {
  readonly group: string;
  readonly place: number;
} {
  const [number = ''] = /\d+$/.exec(step) ?? [];
  return { group: `${run} ${pathOf(step).join('/')}`, place: Number(number) };
}
