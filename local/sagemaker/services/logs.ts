import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ACCOUNT } from '../arns.ts';
import { ServiceError } from '../errors.ts';
import type { JobKind } from '../jobs/kind.ts';
import { processFiles } from '../jobs/process.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Operation } from '../operations/operation.ts';
import type { Resource, Store } from '../store.ts';
import { endpointGroups, endpointStreams, type LogStream } from './endpoint-logs.ts';

const GROUPS: Readonly<Record<string, JobKind['kind']>> = {
  '/aws/sagemaker/TrainingJobs': 'training-job',
  '/aws/sagemaker/ProcessingJobs': 'processing-job',
  '/aws/sagemaker/TransformJobs': 'transform-job',
};

/** Most events and bytes of one answer (CloudWatch Logs' own limits). */
const EVENT_LIMIT = 10_000;
const BYTE_LIMIT = 1024 ** 2;

const streamsRequest = z.object({
  logGroupName: z.string(),
  logStreamNamePrefix: z.string().default(''),
  limit: z.number().int().min(1).max(50).default(50),
  nextToken: z.string().optional(),
});
const eventsRequest = z.object({
  logGroupName: z.string(),
  logStreamName: z.string(),
  startFromHead: z.boolean().default(false),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  limit: z.number().int().min(1).max(EVENT_LIMIT).default(EVENT_LIMIT),
  nextToken: z
    .string()
    .regex(/^[fb]\/\d+$/)
    .optional(),
});

/**
 * What clients read of CloudWatch Logs: the logs of jobs, a stream each, and of endpoints, a stream for each machine. A
 * line has no time of its own in a file: its event has that of its job's or its server's start.
 *
 * @param folder the folder of the jobs' folders
 * @param endpoints the folder of the model servers' folders
 */
export function logs(
  store: Store,
  folder: string,
  endpoints: string,
  region: string,
): Readonly<Record<string, Operation>> {
  const arn = (name: string): string => `arn:aws:logs:${region}:${ACCOUNT}:log-group:${name}:*`;
  const streamOf = (job: Resource): LogStream => ({
    name: `${job.name}/algo-1-${Math.floor(job.created / 1000)}`,
    file: processFiles(join(folder, job.kind, job.name)).log,
    created: job.created,
  });

  async function requireStream(group: string, stream: string): Promise<LogStream> {
    const served = await endpointStreams(endpoints, group);
    const job = served === undefined ? store.get(kindOf(group), stream.slice(0, stream.indexOf('/'))) : undefined;
    const found = [...(served ?? []), ...(job === undefined ? [] : [streamOf(job)])].find(
      ({ name }) => name === stream,
    );
    if (found === undefined)
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    return found;
  }

  return {
    DescribeLogGroups: async () => ({
      logGroups: [...Object.keys(GROUPS), ...(await endpointGroups(endpoints))].map((logGroupName): Json => ({
        logGroupName,
        arn: arn(logGroupName),
      })),
    }),
    async DescribeLogStreams(request) {
      const { logGroupName, logStreamNamePrefix, limit, nextToken } = parse(streamsRequest, request);
      const begins = logStreamNamePrefix.split('/')[0] ?? '';
      const found: Json[] = [];
      const streams =
        (await endpointStreams(endpoints, logGroupName)) ??
        store.find(kindOf(logGroupName), { nameContains: begins }).map(streamOf);
      for (const { name, file, created } of streams) {
        const size = await stat(file).catch(() => undefined);
        if (size === undefined || !name.startsWith(logStreamNamePrefix)) continue;
        found.push({
          logStreamName: name,
          creationTime: created,
          firstEventTimestamp: created,
          lastEventTimestamp: created,
          lastIngestionTime: Math.floor(size.mtimeMs),
          arn: arn(logGroupName).replace(/\*$/, `log-stream:${name}`),
        });
      }
      const start = Number(nextToken ?? 0);
      const more = start + limit < found.length ? { nextToken: String(start + limit) } : {};
      return { logStreams: found.slice(start, start + limit), ...more };
    },
    async GetLogEvents(request) {
      const asked = parse(eventsRequest, request);
      const { file, created } = await requireStream(asked.logGroupName, asked.logStreamName);
      const within = created >= (asked.startTime ?? 0) && created < (asked.endTime ?? Number.POSITIVE_INFINITY);
      const part = within ? await read(file, asked) : { events: [], start: 0, end: 0 };
      return {
        events: part.events.map((message): Json => ({ message, timestamp: created, ingestionTime: created })),
        nextForwardToken: `f/${part.end}`,
        nextBackwardToken: `b/${part.start}`,
      };
    },
  };
}

function kindOf(group: string): JobKind['kind'] {
  const kind = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  if (kind === undefined)
    throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
  return kind;
}

interface Part {
  readonly events: string[];
  /** Offsets in the file, bytes, of the first event and behind the last. */
  readonly start: number;
  readonly end: number;
}

/** Whole lines of a log: from its head or from where a token points; without either the last ones. */
async function read(file: string, asked: z.infer<typeof eventsRequest>): Promise<Part> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return { events: [], start: 0, end: 0 };
  try {
    const { size } = await handle.stat();
    const [direction, offset] = (asked.nextToken ?? '').split('/');
    const forward = direction === 'f' || (direction === '' && asked.startFromHead);
    const edge = offset === undefined ? (forward ? 0 : size) : Math.min(Number(offset), size);
    const from = forward ? edge : Math.max(0, edge - BYTE_LIMIT);
    const buffer = Buffer.alloc(Math.min(BYTE_LIMIT, (forward ? size : edge) - from));
    await handle.read(buffer, 0, buffer.length, from);
    const lines = linesOf(buffer, from);
    const kept = forward ? lines.slice(0, asked.limit) : lines.slice(-asked.limit);
    const [first, last] = [kept[0], kept.at(-1)];
    return { events: kept.map(({ text }) => text), start: first?.start ?? edge, end: last?.end ?? edge };
  } finally {
    await handle.close();
  }
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The lines that end in the buffer; what comes before the first break after its start belongs to none where it was cut. */
function linesOf(buffer: Buffer, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = 0; ;) {
    const end = buffer.indexOf(0x0a, start);
    if (end === -1) return lines;
    lines.push({ text: buffer.toString('utf8', start, end), start: from + start, end: from + end + 1 });
    start = end + 1;
  }
}

function parse<T>(schema: z.ZodType<T>, request: JsonObject): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ServiceError('InvalidParameterException', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
