import { ACCOUNT } from '../arns.ts';

/** What a service answers that speaks XML. */
export interface XmlAnswer {
  readonly status: number;
  readonly body: string;
}

const REQUEST_ID = '<RequestId>00000000-0000-0000-0000-000000000000</RequestId>';

/** STS over its query protocol: who the caller is, and nothing else. */
export function sts(body: string): XmlAnswer {
  if (new URLSearchParams(body).get('Action') !== 'GetCallerIdentity') {
    return failure(400, 'https://sts.amazonaws.com/doc/2011-06-15/', {
      code: 'InvalidAction',
      message: 'Of STS, GetCallerIdentity alone is supported here.',
    });
  }
  const identity = `<Arn>arn:aws:iam::${ACCOUNT}:user/crossfold</Arn><UserId>AIDACROSSFOLD</UserId><Account>${ACCOUNT}</Account>`;
  return {
    status: 200,
    body:
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `${identity}</GetCallerIdentityResult><ResponseMetadata>${REQUEST_ID}</ResponseMetadata></GetCallerIdentityResponse>`,
  };
}

/** IAM: there are no roles to look at here, and clients that only want to know go on without. */
export function iam(): XmlAnswer {
  return failure(403, 'https://iam.amazonaws.com/doc/2010-05-08/', {
    code: 'AccessDenied',
    message: 'There is no IAM on the local endpoint: name a role by its whole ARN.',
  });
}

function failure(
  status: number,
  namespace: string,
  { code, message }: { readonly code: string; readonly message: string },
): XmlAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse xmlns="${namespace}">${error}${REQUEST_ID}</ErrorResponse>` };
}
