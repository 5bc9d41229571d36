/** The account that the endpoint answers for. */
export const ACCOUNT = '000000000000';

/** The path of the queue that the events of jobs come to. */
export const EVENTS_QUEUE_PATH = `/${ACCOUNT}/crossfold-events`;

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
