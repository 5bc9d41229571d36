import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { toCrossfoldError } from '../aws-errors.ts';

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/;

/** Whether an image is in ECR; `elsewhere` where its name is none of ECR's, which AWS cannot be asked of. */
export type ImageState = 'there' | 'missing' | 'elsewhere';

/**
 * Looks for a container image.
 *
 * @throws CrossfoldError AccessDenied where the caller may not look at images; Unreachable
 */
export async function imageState(image: string): Promise<ImageState> {
  const [, registryId, region, repositoryName, tag = 'latest', digest] = ECR.exec(image) ?? [];
  if (registryId === undefined || region === undefined) return 'elsewhere';
  const ecr = new ECRClient({ region, maxAttempts: 2 });
  try {
    const imageIds = [digest === undefined ? { imageTag: tag } : { imageDigest: digest }];
    await ecr.send(new DescribeImagesCommand({ registryId, repositoryName, imageIds }));
    return 'there';
  } catch (error) {
    if (error instanceof Error && /^(ImageNotFound|RepositoryNotFound)Exception$/.test(error.name)) return 'missing';
    throw toCrossfoldError(error, `look for image ${image}`);
  } finally {
    ecr.destroy();
  }
}
