/** A step of a path: into a member or an element, or to several of them. */
export type Step =
  | { readonly name: string }
  | { readonly names: string[] }
  | { readonly index: number }
  | { readonly items: (number | Slice)[] }
  | { readonly all: true };

/** Elements from a start to an end that is excluded; null where that is the array's own. */
type Slice = [number | null, number | null];

const QUOTED = /'[^']*'|"[^"]*"/.source;
const STEP = new RegExp(
  String.raw`\.(?<name>[^.[\]*\s'"]+)|\.(?<all>\*)|\.?\[(?<inside>(?:${QUOTED}|[^\]'"])*)\]`,
  'y',
);
const NAMES = new RegExp(String.raw`^\s*(?:${QUOTED})\s*(?:,\s*(?:${QUOTED})\s*)*$`);
const ITEM = /^\s*(?:(?<index>-?\d+)|(?<start>-?\d+)?\s*:\s*(?<end>-?\d+)?)\s*$/;

/**
 * The steps of a JSONPath with the operators that batch transform has: `$`, `.name`, `*`, `['a','b']`, `[0,-1]`, `[1:]`.
 * Several members can only be the last step, as on AWS.
 *
 * @returns undefined for any other expression
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html#data-processing-operators
 */
export function parsePath(text: string): Step[] | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const { name, all, inside } = STEP.exec(text)?.groups ?? {};
    const step = name !== undefined ? { name } : all !== undefined ? { all: true as const } : bracket(inside);
    const last = steps.at(-1);
    if (step === undefined || (last !== undefined && 'names' in last)) return undefined;
    steps.push(step);
  }
  return steps;
}

function bracket(inside: string | undefined): Step | undefined {
  if (inside === undefined) return undefined;
  if (inside.trim() === '*') return { all: true };
  if (NAMES.test(inside)) {
    const names = [...inside.matchAll(new RegExp(QUOTED, 'g'))].map(([quoted]) => quoted.slice(1, -1));
    const [first = ''] = names;
    return names.length === 1 ? { name: first } : { names };
  }
  const items: (number | Slice)[] = [];
  for (const part of inside.split(',')) {
    const found = ITEM.exec(part)?.groups;
    if (found === undefined) return undefined;
    const { index, start, end } = found;
    items.push(index === undefined ? [bound(start), bound(end)] : Number(index));
  }
  const [first] = items;
  return items.length === 1 && typeof first === 'number' ? { index: first } : { items };
}

function bound(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
