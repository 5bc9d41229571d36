import { S3Client } from '@aws-sdk/client-s3';

/** The S3 client alone, for a command line that only hands over files and reads results. */
export function createS3Client(): S3Client {
  // Path style is what an endpoint given as an IP address needs; AWS takes it as well.
  return new S3Client({ maxAttempts: 3, forcePathStyle: true });
}
