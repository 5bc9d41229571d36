import { availableParallelism, totalmem } from 'node:os';
import { delimiter } from 'node:path';
import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';
import { inheritedEnvironment } from './home.ts';
import type { Environment } from './settings.ts';

const environment = z.object({
  CROSSFOLD_SAGEMAKER_HOST: z.string().min(1).default('127.0.0.1'),
  CROSSFOLD_SAGEMAKER_PORT: z.coerce.number().int().min(0).max(65_535),
  CROSSFOLD_SAGEMAKER_NAMES: z.string().default(''),
  CROSSFOLD_SAGEMAKER_STATE: z.string().min(1),
  CROSSFOLD_SAGEMAKER_JOBS: z.coerce.number().int().min(1).default(availableParallelism()),
  CROSSFOLD_SAGEMAKER_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(256)
    .default(Math.floor(totalmem() / 2 ** 20)),
  CROSSFOLD_SAGEMAKER_HIDDEN: z.string().default(''),
  CROSSFOLD_SAGEMAKER_WEATHER: z.string().min(1).optional(),
  CROSSFOLD_SAGEMAKER_STOP_GRACE_S: z.coerce.number().int().min(0).default(5),
  CROSSFOLD_PYTHON: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  AWS_ENDPOINT_URL_S3: z.url(),
});

/** Settings of the local SageMaker endpoint. */
export interface EndpointSettings {
  readonly host: string;
  readonly port: number;
  /** Host names, besides loopback, that requests may be sent to. */
  readonly names: readonly string[];
  /** The folder of its state: the database, and a folder for each job and model server. */
  readonly state: string;
  /** Jobs at once. */
  readonly jobs: number;
  /** Most memory of a job or a model server, MB. */
  readonly memoryMb: number;
  /** Folders that jobs and model servers see as empty: the endpoint's state, and what else was named. */
  readonly hidden: readonly string[];
  /** Time between SIGTERM and SIGKILL of a stopped job, milliseconds. */
  readonly stopGraceMs: number;
  /** A file of the weather to have; undefined for fair weather. */
  readonly weather: string | undefined;
  readonly python: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  readonly s3Url: string;
  /** What the processes that run jobs start with: nothing that could reach an AWS account. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The part of it that marks the processes of a stack; jobs have nothing else of it. */
  readonly marks: Readonly<Record<string, string>>;
}

/**
 * Reads the settings of the local SageMaker endpoint.
 *
 * @throws CrossfoldError SettingsInvalid, naming each variable that is missing or malformed
 */
export function readEndpointSettings(variables: Environment = process.env): EndpointSettings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new CrossfoldError('SettingsInvalid', faults.join('\n'));
  }
  const found = parsed.data;
  const inherited = inheritedEnvironment(variables);
  return {
    host: found.CROSSFOLD_SAGEMAKER_HOST,
    port: found.CROSSFOLD_SAGEMAKER_PORT,
    names: found.CROSSFOLD_SAGEMAKER_NAMES.split(',').filter((name) => name !== ''),
    state: found.CROSSFOLD_SAGEMAKER_STATE,
    jobs: found.CROSSFOLD_SAGEMAKER_JOBS,
    memoryMb: found.CROSSFOLD_SAGEMAKER_MEMORY_MB,
    hidden: [
      found.CROSSFOLD_SAGEMAKER_STATE,
      ...found.CROSSFOLD_SAGEMAKER_HIDDEN.split(delimiter).filter((folder) => folder !== ''),
    ],
    stopGraceMs: found.CROSSFOLD_SAGEMAKER_STOP_GRACE_S * 1000,
    weather: found.CROSSFOLD_SAGEMAKER_WEATHER,
    python: found.CROSSFOLD_PYTHON,
    credentials: { accessKeyId: found.AWS_ACCESS_KEY_ID, secretAccessKey: found.AWS_SECRET_ACCESS_KEY },
    region: found.AWS_REGION,
    s3Url: found.AWS_ENDPOINT_URL_S3,
    inherited,
    marks: Object.fromEntries(Object.entries(inherited).filter(([name]) => name === 'CROSSFOLD_STACK')),
  };
}
