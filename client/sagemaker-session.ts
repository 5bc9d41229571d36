import { createSageMakerClients, type AwsClients } from '../activities/aws.ts';
import { pointAtStack } from '../config/environment.ts';
import { stackEnvironment } from '../local/stack/environment.ts';

/** Opens SageMaker's clients for the time of `body`: the local stack's, unless the environment says AWS. */
export async function withSageMaker<T>(
  body: (clients: Pick<AwsClients, 'sagemaker' | 'runtime'>) => Promise<T>,
): Promise<T> {
  pointAtStack(stackEnvironment());
  const clients = createSageMakerClients();
  try {
    return await body(clients);
  } finally {
    clients.sagemaker.destroy();
    clients.runtime.destroy();
  }
}
