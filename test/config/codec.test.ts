import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EncryptionCodec } from '../../config/codec.ts';
import { readCodecKeys, type CodecKey } from '../../config/codec-keys.ts';

const key = (id: string): CodecKey => ({ id, key: randomBytes(32) });
const [old, fresh] = [key('2026-10'), key('2026-11')];
const TABLE = { uri: 's3://bucket/table.csv' };
const payload = defaultPayloadConverter.toPayload(TABLE);
const plain = (payloads: Payload[]): unknown[] => payloads.map((each) => defaultPayloadConverter.fromPayload(each));

describe('what Temporal keeps', () => {
  test('is encrypted, and read with the key again', async () => {
    const codec = new EncryptionCodec([fresh]);
    const [kept, twin] = await codec.encode([payload, payload]);
    expect(Buffer.from(kept?.data ?? []).toString()).not.toContain('table.csv');
    expect(kept?.data).not.toEqual(twin?.data);
    expect(plain(await codec.decode([kept ?? {}]))).toEqual([TABLE]);
  });

  test('is read with an old key after a new one is there', async () => {
    const [kept] = await new EncryptionCodec([old]).encode([payload]);
    const rotated = new EncryptionCodec([fresh, old]);
    expect(plain(await rotated.decode([kept ?? {}]))).toEqual([TABLE]);
    const [again] = await rotated.encode([payload]);
    expect(Buffer.from(again?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('2026-11');
  });

  test('names the key that is missing', () => {
    const read = async (): Promise<unknown> => {
      const kept = await new EncryptionCodec([old]).encode([payload]);
      return await new EncryptionCodec([fresh]).decode(kept);
    };
    return expect(read()).rejects.toThrow(/needs the key 2026-10/);
  });

  test.each(['data', 'key'])('is refused where its %s was changed', async (what) => {
    const [kept] = await new EncryptionCodec([fresh, { ...old, key: fresh.key }]).encode([payload]);
    const data = Buffer.from(kept?.data ?? []);
    const metadata = { ...kept?.metadata };
    if (what === 'data') data[20] = (data[20] ?? 0) ^ 1;
    else metadata['encryption-key-id'] = Buffer.from('2026-10');
    const codec = new EncryptionCodec([fresh, { ...old, key: fresh.key }]);
    await expect(async () => await codec.decode([{ metadata, data }])).rejects.toThrow(/was changed/);
  });

  test('is left as it is where it was never encrypted', async () => {
    expect(await new EncryptionCodec([fresh]).decode([payload])).toEqual([payload]);
  });
});

describe('the file of keys', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crossfold-keys-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const line = ({ id, key: bytes }: CodecKey): string => `${id} ${bytes.toString('base64')}`;
  async function readKeys(text: string, mode = 0o600): Promise<ReturnType<typeof readCodecKeys>> {
    const file = join(folder, 'codec.keys');
    await writeFile(file, text);
    await chmod(file, mode);
    return readCodecKeys({ CROSSFOLD_CODEC_KEYS: file });
  }

  test('has the newest first', async () => {
    expect(await readKeys(`# keys\n${line(fresh)}\n\n${line(old)}\n`)).toEqual([fresh, old]);
    expect(readCodecKeys({})).toBeUndefined();
  });

  test.each([
    ['that others can read', line(fresh), 0o644, /chmod 600/],
    ['without a key', '# none\n', 0o600, /new-key/],
    ['with a short key', '2026-11 c2hvcnQ=\n', 0o600, /line 1 that is no key/],
    ['with two keys alike', `${line(fresh)}\n${line({ ...old, id: fresh.id })}`, 0o600, /two keys alike/],
  ])('%s is refused, and no key is shown', async (_, text, mode, message) => {
    await expect(readKeys(text, mode)).rejects.toThrow(message);
    await expect(readKeys(text, mode)).rejects.not.toThrow(/c2hvcnQ|[A-Za-z0-9+/]{43}=/);
  });
});
