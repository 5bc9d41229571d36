import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

const schema = z.object({ accessKeyId: z.string().min(16), secretAccessKey: z.string().min(32) });

/** The keys of the local stack: the S3 gateway and the SageMaker endpoint accept these alone. */
export type Credentials = Readonly<z.infer<typeof schema>>;

/** The credentials of a home, made at the first call and kept in a file of mode 600. */
export function ensureCredentials(home: string): Credentials {
  const file = join(home, 'credentials.json');
  const found = readPrivateJson(file, schema);
  if (found !== undefined) return found;
  const made: Credentials = {
    accessKeyId: `LOCAL${randomBytes(10).toString('hex').slice(0, 15).toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  writePrivateJson(file, made);
  return made;
}
