import { readFileSync, statSync } from 'node:fs';
import { CrossfoldError } from '../core/errors.ts';
import type { Environment } from './settings.ts';

/** A key of AES-256 with the name that encrypted payloads know it by. */
export interface CodecKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The first encrypts, all decrypt. */
export type CodecKeys = readonly [CodecKey, ...CodecKey[]];

const KEY_BYTES = 32;
const LINE = /^(?<id>[\w.-]{1,64})\s+(?<key>[A-Za-z0-9+/]{43}=)$/;

/**
 * Reads the keys that payloads are encrypted with: a line each, `<id> <32 bytes in base64>`, the newest first. Undefined where CROSSFOLD_CODEC_KEYS
 * names no file.
 *
 * @throws CrossfoldError SettingsInvalid; no message has a key
 */
export function readCodecKeys(variables: Environment): CodecKeys | undefined {
  const file = variables['CROSSFOLD_CODEC_KEYS'];
  if (file === undefined || file === '') return undefined;
  const lines = readPrivate(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [first, ...others] = lines.map((line, index) => keyOf(line, index, file));
  if (first === undefined) throw refused(file, "holds no key; 'crossfold codec new-key' makes one");
  const ids = [first, ...others].map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw refused(file, 'names two keys alike');
  return [first, ...others];
}

function readPrivate(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw refused(file, `can be read by others; chmod 600 ${file}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CrossfoldError) throw error;
    throw refused(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keyOf(line: string, index: number, file: string): CodecKey {
  const { id, key } = LINE.exec(line)?.groups ?? {};
  if (id === undefined || key === undefined)
    throw refused(file, `has a line ${index + 1} that is no key: <id> <${KEY_BYTES} bytes in base64> was expected`);
  return { id, key: Buffer.from(key, 'base64') };
}

function refused(file: string, why: string): CrossfoldError {
  return new CrossfoldError('SettingsInvalid', `CROSSFOLD_CODEC_KEYS: ${file} ${why}.`);
}
