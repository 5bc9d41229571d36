import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { receive, type Receiver } from '../support/receiver.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';

const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
});
type Span = z.infer<typeof span>;
/** What OTLP has, as JSON (https://opentelemetry.io/docs/specs/otlp/). */
const sent = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

let collector: Receiver;
let worker: TestWorker;
let variables: Record<string, string>;
const spans: Span[] = [];

beforeAll(async () => {
  collector = await receive((body) => {
    const { resourceSpans } = sent.parse(JSON.parse(body));
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    return 200;
  });
  variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
  worker = await startWorker(stack(), variables);
});
afterAll(async () => {
  await worker.stop();
  collector.close();
});

/** The names of a span and of all above it, from the top. */
function way(to: Span): string[] {
  const above = spans.find(({ spanId }) => spanId === to.parentSpanId);
  return [...(above === undefined ? [] : way(above)), to.name];
}

test('a run is one trace, from the command to each of its jobs, and the logs name it', async () => {
  const ended = await stack().cliWith(variables, 'run', await pipelineWith({ pipeline: SMALL }), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const { jobs } = z.object({ jobs: z.array(z.object({ name: z.string() })) }).parse(JSON.parse(ended.stdout));
  const names = jobs.map(({ name }) => `job ${name}`).sort();
  const jobSpans = (): Span[] => spans.filter(({ name }) => name.startsWith('job '));
  await expect.poll(() => jobSpans().map(({ name }) => name).sort(), { timeout: 30_000 }).toEqual(names); // prettier-ignore
  const [root] = spans.filter(({ name }) => name === 'crossfold run');
  expect(new Set(jobSpans().map(({ traceId }) => traceId))).toEqual(new Set([root?.traceId]));
  const inFold = (): string[] => way(jobSpans().find(({ name }) => name.includes('fold-0-preprocess')) ?? never());
  await expect
    .poll(inFold)
    .toEqual([
      'crossfold run',
      'StartWorkflow:pipelineWorkflow',
      'RunWorkflow:pipelineWorkflow',
      'StartChildWorkflow:foldWorkflow',
      'RunWorkflow:foldWorkflow',
      'StartActivity:runJob',
      'RunActivity:runJob',
      expect.stringContaining('fold-0-preprocess'),
    ]);
  const line = worker.log().split('\n').find((text) => text.includes('job ended') && text.includes('"fold":0')); // prettier-ignore
  expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: root?.traceId, fold: 0 });
}, 120_000);

function never(): never {
  throw new Error('no such span');
}
