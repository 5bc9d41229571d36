import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { createS3Client } from './s3.ts';
import { silent, told, type Telemetry } from './telemetry.ts';

/** The AWS clients that activities work with. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly logs: CloudWatchLogsClient;
}

/**
 * Clients by AWS's own default chain: credentials, region and `AWS_ENDPOINT_URL_*` come from the environment.
 * The SDK tries three times; longer patience is Temporal's.
 */
export function createAwsClients(telemetry: Telemetry): AwsClients {
  return {
    s3: told(createS3Client(), 's3', telemetry),
    ...createSageMakerClients(telemetry),
    logs: told(new CloudWatchLogsClient({ maxAttempts: 3 }), 'logs', telemetry),
  };
}

/** The clients of SageMaker alone, for a command line that looks at jobs and endpoints. */
export function createSageMakerClients(telemetry: Telemetry = silent): Pick<AwsClients, 'sagemaker' | 'runtime'> {
  return {
    sagemaker: told(new SageMakerClient({ maxAttempts: 3 }), 'sagemaker', telemetry),
    runtime: told(new SageMakerRuntimeClient({ maxAttempts: 3 }), 'sagemaker-runtime', telemetry),
  };
}
