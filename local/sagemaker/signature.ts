import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors.ts';

/** A signature is good for this long, milliseconds, as on AWS. */
const LIFETIME_MS = 15 * 60_000;
const SERVICES = ['sagemaker', 'sts', 'iam', 'logs', 'monitoring', 'sqs'] as const;
/** The services that answer here, as signatures name them. */
export type ServiceName = (typeof SERVICES)[number];

export interface Signer {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
}

/**
 * Refuses a request that does not carry a SigV4 signature by the endpoint's own credentials: it is signed again, with
 * what it says of itself, and the two signatures are compared.
 *
 * @returns the service that it was signed for
 * @throws ServiceError with AWS's codes and status 403
 */
export async function requireSignature(request: IncomingMessage, body: Buffer, signer: Signer): Promise<ServiceName> {
  const given = authorization(request);
  if (given === undefined) throw refused('MissingAuthenticationTokenException', 'Missing Authentication Token');
  if (given.accessKeyId !== signer.credentials.accessKeyId) {
    throw refused('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const time = timeOf(request.headers['x-amz-date']);
  if (time === undefined || Math.abs(Date.now() - time.getTime()) > LIFETIME_MS) {
    throw refused('InvalidSignatureException', 'Signature expired, or its date is missing.');
  }
  const url = new URL(request.url ?? '/', 'http://endpoint');
  const signable = new HttpRequest({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(given.signedHeaders.map((name) => [name, String(request.headers[name] ?? '')])),
    body,
  });
  const { region, service } = given;
  const signature = new SignatureV4({
    credentials: signer.credentials,
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signature.sign(signable, {
    signingDate: time,
    signableHeaders: new Set(given.signedHeaders),
    unsignableHeaders: new Set(Object.keys(request.headers).filter((name) => !given.signedHeaders.includes(name))),
  });
  const expected = /Signature=([0-9a-f]+)/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
  if (!same(expected, given.signature)) {
    throw refused(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  return service;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: ServiceName;
  readonly signedHeaders: string[];
  readonly signature: string;
}

function authorization(request: IncomingMessage): Authorization | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  const [, accessKeyId, region, named, headers, signature] = match ?? [];
  const service = SERVICES.find((each) => each === named);
  if (
    accessKeyId === undefined ||
    region === undefined ||
    service === undefined ||
    headers === undefined ||
    signature === undefined
  ) {
    return undefined;
  }
  const signedHeaders = headers.split(';');
  return signedHeaders.includes('host') ? { accessKeyId, region, service, signedHeaders, signature } : undefined;
}

function timeOf(header: string | string[] | undefined): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(header ?? ''));
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refused(code: string, message: string): ServiceError {
  return new ServiceError(code, message, 403);
}
