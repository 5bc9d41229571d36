import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

/** The AWS clients that activities work with. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
}

/**
 * Clients by AWS's own default chain: credentials, region and `AWS_ENDPOINT_URL_*` come from the environment.
 * The SDK tries three times; longer patience is Temporal's.
 */
export function createAwsClients(): AwsClients {
  // Path style is what an endpoint given as an IP address needs; AWS takes it as well.
  return {
    s3: createS3Client(),
    ...createSageMakerClients(),
  };
}

/** The clients of SageMaker alone, for a command line that looks at jobs and endpoints. */
export function createSageMakerClients(): Pick<AwsClients, 'sagemaker' | 'runtime'> {
  return {
    sagemaker: new SageMakerClient({ maxAttempts: 3 }),
    runtime: new SageMakerRuntimeClient({ maxAttempts: 3 }),
  };
}

/** The S3 client alone, for a command line that only hands over files and reads results. */
export function createS3Client(): S3Client {
  return new S3Client({ maxAttempts: 3, forcePathStyle: true });
}
