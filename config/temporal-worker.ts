import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Environment } from './settings.ts';
import { defined, unreachable } from './temporal.ts';

/** A worker's connection, by the same profiles. */
export async function connectWorker(
  variables: Environment,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: defined(variables) });
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    return { connection: await NativeConnection.connect({ ...connectionOptions, address }), namespace };
  } catch (error) {
    throw unreachable(address, error);
  }
}
