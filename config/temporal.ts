import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CrossfoldError } from '../core/errors.ts';
import type { Environment } from './settings.ts';

/** A client of Temporal and how to let go of it. */
export interface TemporalClient {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * Connects a client by Temporal's own profiles and variables (`temporal.toml`, TEMPORAL_ADDRESS, TEMPORAL_API_KEY, …).
 *
 * @throws CrossfoldError Unreachable
 */
export async function connectClient(variables: Environment): Promise<TemporalClient> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: defined(variables) });
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: '5s' });
    return { client: new Client({ connection, namespace }), address, namespace, close: () => connection.close() };
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** The variables that have a value. */
export function defined(variables: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** What to say where no server answers. */
export function unreachable(address: string, cause: unknown): CrossfoldError {
  return new CrossfoldError(
    'Unreachable',
    `Temporal does not answer at ${address}. Start the local stack with 'crossfold up', or set TEMPORAL_ADDRESS.`,
    { cause },
  );
}
