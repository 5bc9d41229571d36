import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readPlaces, type Places } from '../../config/home.ts';
import { EVENTS_QUEUE_PATH } from '../sagemaker/arns.ts';
import type { Credentials } from './credentials.ts';
import { LOOPBACK, type Ports } from './ports.ts';
import { readPrivateJson } from './private-file.ts';

/** The bucket of the local stack. */
export const BUCKET = 'crossfold';

/** The region that the local stack answers for. */
export const REGION = 'us-east-1';

/** The variables that point any AWS SDK, boto3, the AWS CLI, the `temporal` CLI and crossfold at the stack. */
export function clientVariables(ports: Ports, credentials: Credentials): Record<string, string> {
  const sagemaker = `http://${LOOPBACK}:${ports.sagemaker}`;
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL_S3: `http://${LOOPBACK}:${ports.s3}`,
    AWS_ENDPOINT_URL_SAGEMAKER: sagemaker,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: sagemaker,
    AWS_ENDPOINT_URL_STS: sagemaker,
    AWS_ENDPOINT_URL_IAM: sagemaker,
    AWS_ENDPOINT_URL_CLOUDWATCH: sagemaker,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: sagemaker,
    AWS_ENDPOINT_URL_SQS: sagemaker,
    TEMPORAL_ADDRESS: `${LOOPBACK}:${ports.temporal}`,
    TEMPORAL_NAMESPACE: 'default',
    CROSSFOLD_BUCKET: BUCKET,
    CROSSFOLD_ROLE_ARN: 'arn:aws:iam::000000000000:role/crossfold',
    CROSSFOLD_IMAGE: 'local/crossfold-jobs:1',
    CROSSFOLD_SLOTS: String(availableParallelism()),
    CROSSFOLD_POLL_MS: '50',
    CROSSFOLD_API_RATE: '200',
    CROSSFOLD_HEARTBEAT_MS: '5000',
    CROSSFOLD_STICKY_MS: '1000',
    CROSSFOLD_EVENTS_QUEUE_URL: `${sagemaker}${EVENTS_QUEUE_PATH}`,
    // No console shows the stack's jobs.
    CROSSFOLD_CONSOLE_URL: '',
    CROSSFOLD_UI_URL: `http://${LOOPBACK}:${ports.ui}`,
  };
}

/**
 * Writes what the SageMaker Python SDK is to know of the stack: its bucket, which it would else ask AWS for.
 *
 * @returns the file, for SAGEMAKER_USER_CONFIG_OVERRIDE
 */
export function writeSdkConfig(home: string): string {
  const file = join(home, 'sagemaker-sdk.yaml');
  const session = `      Session:\n        DefaultS3Bucket: ${BUCKET}\n`;
  writeFileSync(file, `SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n${session}`);
  return file;
}

/**
 * The variables of the stack that is up; undefined where none is.
 *
 * @throws CrossfoldError StackFailed where the file that keeps them is damaged
 */
export function stackEnvironment(places: Places = readPlaces()): Record<string, string> | undefined {
  return readPrivateJson(join(places.home, 'env.json'), z.record(z.string(), z.string()));
}

/** A hash of the sources that dist/ was built from, as the build left it; empty where there is none. */
export function buildStamp(places: Places): string {
  try {
    return readFileSync(join(places.root, 'dist/.stamp'), 'utf8');
  } catch {
    return '';
  }
}
