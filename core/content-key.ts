import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** How many hexadecimal digits a key has: 128 bits. */
const DIGITS = 32;

/** A value's content as a key: the same for the same value, whatever the order of its members. */
export function contentKey(value: unknown): string {
  return contentHash(value).slice(0, DIGITS);
}

/** SHA-256 of a value's content, in hexadecimal digits. */
export function contentHash(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonical(value))));
}

/** JSON with the members of every object in alphabetical order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
