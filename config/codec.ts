import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CrossfoldError } from '../core/errors.ts';
import type { CodecKeys } from './codec-keys.ts';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D: a nonce of 96 bits, drawn at random, and a tag of 128. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const { Payload: Message } = proto.temporal.api.common.v1;

/**
 * Encrypts what Temporal keeps: arguments, results, heartbeats, summaries and memos. What can be searched for, the names of workflows and the messages
 * of failures stay readable. The id of the key is part of what is authenticated; keys rotate by putting a new one first.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: CodecKeys;

  constructor(keys: CodecKeys) {
    this.#keys = keys;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    const [{ id, key }] = this.#keys;
    return Promise.resolve(
      payloads.map((payload) => {
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(id));
        const text = Buffer.concat([cipher.update(Message.encode(payload).finish()), cipher.final()]);
        return {
          metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(id) },
          data: Buffer.concat([nonce, text, cipher.getAuthTag()]),
        };
      }),
    );
  }

  /** @throws CrossfoldError SettingsInvalid where a key is not there, RequestInvalid where a payload was changed */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#decoded(payload)));
  }

  #decoded(payload: Payload): Payload {
    const told = (name: string): string => Buffer.from(payload.metadata?.[name] ?? []).toString();
    if (told('encoding') !== ENCODING || !payload.data) return payload;
    const id = told('encryption-key-id');
    const found = this.#keys.find((each) => each.id === id);
    if (found === undefined)
      throw new CrossfoldError('SettingsInvalid', `a payload needs the key ${id}, which CROSSFOLD_CODEC_KEYS has not.`);
    const data = Buffer.from(payload.data);
    try {
      const decipher = createDecipheriv(CIPHER, found.key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(id))
        .setAuthTag(data.subarray(-TAG_BYTES));
      return Message.decode(Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
    } catch (error) {
      throw new CrossfoldError('RequestInvalid', `a payload that was encrypted with the key ${id} was changed.`, {
        cause: error,
      });
    }
  }
}
