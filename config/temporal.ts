import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CrossfoldError } from '../core/errors.ts';
import type { DataConverter } from '@temporalio/common';
import { EncryptionCodec } from './codec.ts';
import { readCodecKeys } from './codec-keys.ts';
import type { Environment } from './settings.ts';
import { tracingInterceptors } from './tracing.ts';

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
 * @throws CrossfoldError Unreachable, SettingsInvalid
 */
export async function connectClient(variables: Environment): Promise<TemporalClient> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: defined(variables) });
  const address = connectionOptions.address ?? 'localhost:7233';
  const dataConverter = readDataConverter(variables);
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: '5s' });
    const interceptors = { workflow: await tracingInterceptors(variables) };
    const client = new Client({ connection, namespace, dataConverter, interceptors });
    return { client, address, namespace, close: () => connection.close() };
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** How payloads are kept: encrypted where there are keys. The same for whoever starts runs and whoever works on them. */
export function readDataConverter(variables: Environment): DataConverter {
  const keys = readCodecKeys(variables);
  return keys === undefined ? {} : { payloadCodecs: [new EncryptionCodec(keys)] };
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
