import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { BUCKET, REGION } from './environment.ts';
import { LOOPBACK } from './ports.ts';
import { makePrivateFolder } from './private-file.ts';
import { PROBE_TIMEOUT_MS, type Service, type ProbeContext } from './service.ts';

/** The S3 gateway over a folder: keys are plain files. */
export const s3: Service = {
  name: 's3',
  title: 'S3 gateway',
  ports: ['s3'],
  after: [],
  built: false,
  launch(context) {
    const folder = join(context.places.home, 's3');
    return {
      command: context.tools.s3Gateway,
      arguments: ['--quiet', '--region', REGION, '--port', `${LOOPBACK}:${context.ports.s3}`, 'posix', folder],
      variables: {
        ROOT_ACCESS_KEY: context.credentials.accessKeyId,
        ROOT_SECRET_KEY: context.credentials.secretAccessKey,
      },
      folder,
    };
  },
  prepare(context) {
    makePrivateFolder(join(context.places.home, 's3'));
  },
  ready: createBucket,
  url: (ports) => `http://${LOOPBACK}:${ports.s3}`,
};

/**
 * Creates the bucket; true where it is there afterwards. A gateway with other credentials, such as another stack's, refuses
 * and is not ready. A folder made by hand would not do: a bucket has an owner and rules, which only the gateway writes.
 */
async function createBucket(context: ProbeContext): Promise<boolean> {
  const host = `${LOOPBACK}:${context.ports.s3}`;
  const signer = new SignatureV4({ service: 's3', region: REGION, credentials: context.credentials, sha256: Sha256 });
  const signed = await signer.sign(
    new HttpRequest({ method: 'PUT', protocol: 'http:', hostname: LOOPBACK, path: `/${BUCKET}`, headers: { host } }),
  );
  try {
    const answer = await fetch(`http://${host}/${BUCKET}`, {
      method: 'PUT',
      headers: signed.headers,
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return answer.ok || (await answer.text()).includes('BucketAlreadyOwnedByYou');
  } catch {
    return false; // refused or timed out: it does not listen yet
  }
}
