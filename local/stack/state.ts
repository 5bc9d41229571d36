import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_PORTS, type Ports } from './ports.ts';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

const port = z.number().int().min(1).max(65_535);

const serviceRecord = z.object({
  pid: z.number().int().positive(),
  identity: z.string(),
  log: z.string(),
  /** When it was started, ISO 8601. */
  since: z.iso.datetime(),
  /** Hash of what it was started with: another one means that it has to be started anew. */
  fingerprint: z.string(),
});

const stackState = z.object({
  version: z.literal(1),
  /** Kept after a stop, so that addresses outlive it. */
  ports: z.object({ temporal: port, ui: port, s3: port, sagemaker: port }),
  services: z.object({
    temporal: serviceRecord.optional(),
    s3: serviceRecord.optional(),
    sagemaker: serviceRecord.optional(),
    worker: serviceRecord.optional(),
  }),
});

/** A process of the stack, as it was started. */
export type ServiceRecord = Readonly<z.infer<typeof serviceRecord>>;

/** What stack.json holds. */
export interface StackState {
  readonly version: 1;
  readonly ports: Ports;
  readonly services: Readonly<Partial<Record<'temporal' | 's3' | 'sagemaker' | 'worker', ServiceRecord | undefined>>>;
}

/** The state of a home; of one that never had a stack, the default ports and no services. */
export function readState(home: string): StackState {
  return readPrivateJson(join(home, 'stack.json'), stackState) ?? { version: 1, ports: DEFAULT_PORTS, services: {} };
}

/** Keeps the state. Only the holder of the stack's lock may. */
export function writeState(home: string, state: StackState): void {
  writePrivateJson(join(home, 'stack.json'), state);
}
