import type { JobReference } from './jobs.ts';

const PAGES: Readonly<Record<JobReference['kind'], string>> = {
  training: 'jobs',
  processing: 'processing-jobs',
  tuning: 'hyper-tuning-jobs',
};

/**
 * A job's page in the SageMaker console.
 *
 * @param console the address of the console, as `https://…/sagemaker/home?region=eu-central-1`
 */
export function jobLink(console: string, { kind, name }: JobReference): string {
  return `${console}#/${PAGES[kind]}/${name}`;
}
