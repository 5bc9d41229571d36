/** The account that the endpoint answers for. */
export const ACCOUNT = '000000000000';

/** Kinds of resources, by the word that their ARN has. */
export type Kind =
  | 'training-job'
  | 'processing-job'
  | 'transform-job'
  | 'hyper-parameter-tuning-job'
  | 'model'
  | 'endpoint-config'
  | 'endpoint'
  | 'model-package-group'
  | 'model-package'
  | 'alarm';

/** A resource's ARN. */
export function arnOf(region: string, kind: Kind, name: string): string {
  return `arn:aws:sagemaker:${region}:${ACCOUNT}:${kind}/${name}`;
}
