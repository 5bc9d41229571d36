import { z } from 'zod';
import { parsePath } from './json-path.ts';
import { ONE_MACHINE } from './kind.ts';

/** Most MB of a request to the model, and of all that are under way at once. */
const MOST_MB = 100;
const NOT_SPLIT = 'is not supported here; split by Line, or not at all';
const FORMATS: Readonly<Record<string, Format>> = {
  'text/csv': 'rows',
  'application/json': 'document',
  'application/jsonlines': 'lines',
  'application/x-jsonlines': 'lines',
  'application/jsonl': 'lines',
  'application/x-ndjson': 'lines',
};

/** How a body holds records: as rows of CSV, as a line of JSON each, or as one JSON document. */
export type Format = 'rows' | 'lines' | 'document';

/** A JSONPath; undefined where it selects all. */
const path = z.string().transform((text, context) => {
  const steps = parsePath(text);
  if (steps !== undefined) return steps.length === 0 ? undefined : steps;
  context.addIssue({ code: 'custom', message: `${text} is not a JSONPath of the operators that batch transform has` });
  return z.NEVER;
});

const s3 = z.string().startsWith('s3://', 'must be an s3:// URI here');
const resources = z.object({ InstanceType: z.string(), InstanceCount: z.literal(1, ONE_MACHINE) });

const request = z
  .object({
    // 0 is what leaving it out is.
    MaxConcurrentTransforms: z
      .number()
      .default(1)
      .transform((count) => Math.max(1, count)),
    MaxPayloadInMB: z
      .number()
      .min(1, 'requests in chunks are not supported here; give 1 or more')
      .max(MOST_MB, `must not be greater than ${MOST_MB}`)
      .default(6),
    ModelClientConfig: z
      .object({ InvocationsTimeoutInSeconds: z.number().default(600), InvocationsMaxRetries: z.number().default(3) })
      .prefault({}),
    BatchStrategy: z.enum(['MultiRecord', 'SingleRecord']).default('MultiRecord'),
    Environment: z.record(z.string(), z.string()).default({}),
    TransformInput: z.object({
      DataSource: z.object({
        S3DataSource: z.object({
          S3DataType: z.enum(['S3Prefix', 'ManifestFile'], 'only S3Prefix and ManifestFile are supported'),
          S3Uri: s3,
        }),
      }),
      ContentType: z.string().optional(),
      CompressionType: z.enum(['None', 'Gzip']).default('None'),
      SplitType: z.enum(['None', 'Line'], NOT_SPLIT).default('None'),
    }),
    TransformOutput: z.object({
      S3OutputPath: s3,
      Accept: z.string().optional(),
      AssembleWith: z.enum(['None', 'Line']).default('None'),
    }),
    TransformResources: resources,
    DataCaptureConfig: z.undefined('what a transform job sends is not captured here').optional(),
    DataProcessing: z
      .object({
        InputFilter: path.optional(),
        OutputFilter: path.optional(),
        JoinSource: z.enum(['None', 'Input']).default('None'),
      })
      .prefault({}),
  })
  .superRefine((asked, context) => {
    const fault = limitFault(asked) ?? formatFault(asked);
    if (fault !== undefined) context.addIssue({ code: 'custom', ...fault });
  });

/** What of a transform job's request decides how it runs; refuses what cannot run here. */
export const transformRequest = request;
export type TransformRequest = z.infer<typeof request>;

/** How the records of a job's input and output are held, where they are looked into. */
export function formatsOf(asked: Pick<TransformRequest, 'TransformInput' | 'TransformOutput' | 'BatchStrategy'>): {
  readonly input: Format | undefined;
  readonly output: Format | undefined;
} {
  const { ContentType, SplitType } = asked.TransformInput;
  const [given, answered] = [ContentType, asked.TransformOutput.Accept ?? ContentType].map(formatOf);
  // A line of a file is a document of its own; so is the answer to each request that has one.
  const input = given === 'document' && SplitType === 'Line' ? 'lines' : given;
  const many = SplitType === 'Line' && asked.BatchStrategy === 'MultiRecord';
  return { input, output: answered === 'document' && (many || input === 'lines') ? 'lines' : answered };
}

function formatOf(type: string | undefined): Format | undefined {
  const media = type?.split(';')[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(FORMATS, media) ? FORMATS[media] : undefined;
}

interface Fault {
  readonly path: string[];
  readonly message: string;
}

function limitFault({ MaxConcurrentTransforms, MaxPayloadInMB }: TransformRequest): Fault | undefined {
  if (MaxConcurrentTransforms * MaxPayloadInMB <= MOST_MB) return undefined;
  return {
    path: ['MaxConcurrentTransforms'],
    message: `MaxConcurrentTransforms * MaxPayloadInMB must not be greater than ${MOST_MB}`,
  };
}

function formatFault(asked: TransformRequest): Fault | undefined {
  const { InputFilter, OutputFilter, JoinSource } = asked.DataProcessing;
  const { input, output } = formatsOf(asked);
  const [joins, filters] = [JoinSource === 'Input', OutputFilter !== undefined];
  const fault = (member: string, message: string): Fault => ({ path: ['DataProcessing', member], message });
  if ((joins || InputFilter !== undefined) && input === undefined)
    return fault(joins ? 'JoinSource' : 'InputFilter', 'the ContentType must be CSV or JSON');
  if ((joins || filters) && output === undefined)
    return fault(joins ? 'JoinSource' : 'OutputFilter', 'the Accept must be CSV or JSON');
  if (joins && (input === 'rows') !== (output === 'rows'))
    return fault('JoinSource', 'CSV is joined with CSV, and JSON with JSON: give ContentType and Accept of one kind');
  return undefined;
}
