import { isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { CrossfoldError } from './errors.ts';
import { pipeline, type Pipeline } from './pipeline.ts';
import { allowed, keysAt, shown } from './pipeline-wording.ts';

/** One fault of a pipeline file: where it is, and what was found and is allowed. */
export interface Problem {
  /** Undefined where there is no file. */
  readonly line: number | undefined;
  /** As `algorithms.xgboost.ranges.eta`; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

/** The line of the value at a path, or of its key. */
type LineAt = (path: readonly PropertyKey[], atKey: boolean) => number | undefined;

/**
 * Parses and checks the text of a pipeline file.
 *
 * @param file its name, for messages
 * @throws CrossfoldError PipelineInvalid with every fault, one a line: file, line, field, what was found, what is allowed
 */
export function parsePipeline(text: string, file: string): Pipeline {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    field: '',
    message: error.message,
  }));
  if (syntax.length > 0) throw invalid(file, syntax);
  if (hasAlias(document)) {
    throw invalid(file, [{ line: 1, field: '', message: 'found an alias (*name); allowed: plain values only' }]);
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  return checkPipeline(value, file, (path, atKey) => lineOf(path, document, lines, atKey));
}

/**
 * Checks what a pipeline file would hold.
 *
 * @param place what it is, for messages
 * @param lineAt the line of a value, or of its key; left out for what is no file
 * @throws CrossfoldError PipelineInvalid with every fault, one a line
 */
export function checkPipeline(value: unknown, place: string, lineAt?: LineAt): Pipeline {
  const parsed = pipeline.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalid(
    place,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, lineAt)),
  );
}

function invalid(file: string, problems: readonly Problem[]): CrossfoldError {
  const text = problems
    .map(
      ({ line, field, message }) =>
        `${line === undefined ? file : `${file}:${line}`}: ${field === '' ? '' : `${field}: `}${message}`,
    )
    .join('\n');
  return new CrossfoldError('PipelineInvalid', text);
}

/** Aliases can make a small file expand without bound, and no pipeline needs them. */
function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function problemsOf(issue: z.core.$ZodIssue, lineAt: LineAt = () => undefined): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const message = `found an unknown key; allowed here: ${keysAt(issue.path).join(', ')}`;
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { line: lineAt(path, true), field: path.join('.'), message };
    });
  }
  const message = issue.code === 'custom' ? issue.message : `found ${shown(issue.input)}; allowed: ${allowed(issue)}`;
  return [{ line: lineAt(issue.path, issue.code === 'invalid_key'), field: issue.path.join('.'), message }];
}

/** The line of the value at `path`, or of the nearest parent that the file has. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter, atKey: boolean): number {
  for (let length = path.length; length > 0; length -= 1) {
    const position = positionOf(path.slice(0, length), document, atKey);
    if (position !== undefined) return lines.linePos(position).line;
  }
  return 1;
}

function positionOf(path: readonly PropertyKey[], document: Document, atKey: boolean): number | undefined {
  let position: number | undefined;
  const [last] = path.slice(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  visit(isNode(parent) ? parent : null, {
    Pair: (_, pair) => {
      const key = isNode(pair.key) ? pair.key : undefined;
      if (String(key) === String(last)) {
        const value = isNode(pair.value) ? pair.value : undefined;
        position = (atKey ? key : (value ?? key))?.range?.[0];
        return visit.BREAK;
      }
      return visit.SKIP;
    },
  });
  if (position !== undefined) return position;
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
