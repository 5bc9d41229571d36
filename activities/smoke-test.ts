import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';
import { smokeRows } from '../core/results.ts';
import type { EndpointSample, Prediction } from '../core/run.ts';
import { toCrossfoldError } from './aws-errors.ts';
import type { ActivityDeps } from './deps.ts';
import type { ObjectStore } from './objects.ts';

/** The largest difference, of numbers above 1 relative, between two that are the same number, written and read again. */
const TOLERANCE = 1e-9;

const answer = z.object({
  predictions: z.array(
    z.union([
      z.object({ label: z.string(), probabilities: z.record(z.string(), z.number()) }),
      z.object({ value: z.number() }),
    ]),
  ),
});
type Answer = z.infer<typeof answer>;

/** What a smoke test compares: an endpoint and the rows with the offline model's answers. */
export interface SmokeTest {
  readonly endpoint: string;
  readonly smokeFile: string;
  /** The classes in the order of the offline model's probabilities; none for a regression. */
  readonly classes: readonly string[];
}

export interface SmokeActivities {
  /**
   * Sends raw rows of the holdout to the endpoint, as CSV and as JSON, and compares with the offline model's answers.
   *
   * @returns how many rows were compared, and the first two with their answers
   * @throws SmokeTestFailed, naming the row that differs
   */
  smokeTest(test: SmokeTest): Promise<{ rows: number; samples: EndpointSample[] }>;
}

/** The activity that asks a fresh endpoint what the offline model knows. */
export function createSmokeActivities(deps: ActivityDeps, objects: ObjectStore): SmokeActivities {
  return {
    async smokeTest({ endpoint, smokeFile, classes }) {
      const text = await objects.readText(smokeFile);
      if (text === undefined) throw new CrossfoldError('ResultMissing', `the evaluation left no ${smokeFile}`);
      const rows = smokeRows.parse(JSON.parse(text));
      const asCsv = await ask(deps.aws.runtime, endpoint, 'text/csv', rows.csv);
      const asJson = await ask(deps.aws.runtime, endpoint, 'application/json', JSON.stringify(rows.json));
      compare(endpoint, 'CSV', asCsv, rows.expected, classes);
      compare(endpoint, 'JSON', asJson, rows.expected, classes);
      const samples = rows.json.slice(0, 2).flatMap((row, index) => {
        const prediction = asJson.predictions[index];
        return prediction === undefined ? [] : [{ row, ...prediction }];
      });
      return { rows: rows.expected.length, samples };
    },
  };
}

async function ask(runtime: SageMakerRuntimeClient, endpoint: string, type: string, body: string): Promise<Answer> {
  let text: string;
  try {
    const { Body } = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, ContentType: type, Accept: 'application/json', Body: body }),
    );
    text = Body.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError') {
      throw new CrossfoldError('SmokeTestFailed', `endpoint ${endpoint} refused ${type}: ${error.message}`, {
        cause: error,
      });
    }
    throw toCrossfoldError(error, `invoke endpoint ${endpoint}`);
  }
  const parsed = answer.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CrossfoldError(
    'SmokeTestFailed',
    `endpoint ${endpoint} answered ${type} with ${text.slice(0, 200)}, not with predictions`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer's numbers in the order of the offline model's. */
function numbersOf(prediction: Prediction | undefined, classes: readonly string[]): number[] {
  if (prediction === undefined) return [];
  if ('value' in prediction) return [prediction.value];
  return classes.map((name) => prediction.probabilities[name] ?? Number.NaN);
}

function isSame(found: number | undefined, expected: number): boolean {
  return Math.abs((found ?? Number.NaN) - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
}

function compare(
  endpoint: string,
  format: string,
  { predictions }: Answer,
  expected: readonly (readonly number[])[],
  classes: readonly string[],
): void {
  const differing = expected.findIndex((numbers, row) => {
    const found = numbersOf(predictions[row], classes);
    return found.length !== numbers.length || numbers.some((number, index) => !isSame(found[index], number));
  });
  if (differing === -1 && predictions.length === expected.length) return;
  const row = differing === -1 ? `${predictions.length} answers for ${expected.length} rows` : `row ${differing + 1}`;
  const found = JSON.stringify(predictions[differing] ?? null);
  throw new CrossfoldError(
    'SmokeTestFailed',
    `endpoint ${endpoint} does not answer ${format} as the offline model does: ${row}: ${found} against ` +
      `${JSON.stringify(expected[differing] ?? null)}. The deploy is rolled back; compare inference.py with preprocessing.py.`,
  );
}
