import { randomBytes } from 'node:crypto';
import { callerArn, roleTrustsSageMaker } from '../../activities/account/identity.ts';
import { imageState } from '../../activities/account/image.ts';
import { jobQuotas } from '../../activities/account/quotas.ts';
import { createS3Client } from '../../activities/s3.ts';
import { createObjectStore } from '../../activities/objects.ts';
import { readSettings, requireSetting, type Environment, type Settings } from '../../config/settings.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';

/** The instance type whose quotas are looked at: what a pipeline file has that names none. */
const INSTANCE = 'ml.m5.large';
const GUIDE = 'docs/aws.md has the commands';

/** Whether the settings say where to run, and AWS (or what stands in for it) lets the caller. */
export function awsChecks(variables: Environment): Check[] {
  return [
    { name: 'Settings', look: () => settings(variables) },
    { name: 'Identity', look: async () => ok(await callerArn()) },
    { name: 'Bucket', look: () => afterSettings(variables, ({ prefix }) => bucket(prefix)) },
    { name: 'Role', look: () => unlessDenied('roles', () => afterSettings(variables, ({ role }) => trust(role))) },
    { name: 'Image', look: () => unlessDenied('images', () => afterSettings(variables, ({ image }) => inEcr(image))) },
    {
      name: 'Quotas',
      look: () => unlessDenied('quotas', () => afterSettings(variables, ({ slots }) => quotas(slots, variables))),
    },
  ];
}

async function settings(variables: Environment): Promise<Finding> {
  const found = readSettings(variables);
  const keys = ['prefix', 'role', 'image'] as const;
  return await Promise.resolve(ok(keys.map((key) => requireSetting(found, key)).join(', ')));
}

/** One fault is told once: without settings there is nothing to look at. */
async function afterSettings(variables: Environment, look: (found: Settings) => Promise<Finding>): Promise<Finding> {
  let found: Settings;
  try {
    found = readSettings(variables);
  } catch {
    return skipped('the settings are wrong');
  }
  return await look(found);
}

/** Writes, reads and deletes an object of its own. */
async function bucket(prefix: string | undefined): Promise<Finding> {
  if (prefix === undefined) return skipped('CROSSFOLD_BUCKET is not set');
  const s3 = createS3Client();
  const objects = createObjectStore(s3);
  const uri = `${prefix}/doctor/${randomBytes(8).toString('hex')}.txt`;
  try {
    await objects.writeText(uri, 'ok', 'text/plain');
    const text = await objects.readText(uri).finally(() => objects.remove(uri));
    if (text === 'ok') return ok(`${prefix} can be written and read`);
    return failed('AccessDenied', `${uri} was written and could not be read`, GUIDE);
  } finally {
    s3.destroy();
  }
}

async function trust(arn: string | undefined): Promise<Finding> {
  if (arn === undefined) return skipped('CROSSFOLD_ROLE_ARN is not set');
  const trusts = await roleTrustsSageMaker(arn);
  if (trusts === undefined) return failed('SettingsInvalid', `there is no role ${arn}`, `create it: ${GUIDE}`);
  if (trusts) return ok(`SageMaker may take on ${arn}`);
  return failed('AccessDenied', `${arn} does not trust sagemaker.amazonaws.com`, `let it be assumed: ${GUIDE}`);
}

async function inEcr(name: string | undefined): Promise<Finding> {
  if (name === undefined) return skipped('CROSSFOLD_IMAGE is not set');
  switch (await imageState(name)) {
    case 'there':
      return ok(name);
    case 'missing':
      return failed('SettingsInvalid', `there is no image ${name}`, `build and push it: ${GUIDE}`);
    case 'elsewhere':
      return skipped(`${name} is no image of ECR; where it is cannot be asked`);
  }
}

async function quotas(slots: number, variables: Environment): Promise<Finding> {
  // SageMaker at an address of its own is not what AWS's quotas are about.
  const own = variables['AWS_ENDPOINT_URL_SAGEMAKER'] ?? '';
  if (own !== '' && (variables['AWS_ENDPOINT_URL_SERVICE_QUOTAS'] ?? '') === '')
    return skipped(`SageMaker is at ${own}, which has no quotas to look at`);
  const { training, processing } = await jobQuotas(INSTANCE);
  const found = `${INSTANCE}: ${training ?? 'no'} training and ${processing ?? 'no'} processing jobs at once`;
  if (Math.min(training ?? 0, processing ?? 0) >= slots) return ok(found);
  return warning(
    `${found}, of the ${slots} that CROSSFOLD_SLOTS asks for`,
    'ask for more in the console of Service Quotas (Amazon SageMaker), or lower CROSSFOLD_SLOTS; jobs wait for a free instance',
  );
}

/** Who runs pipelines need not be allowed to look at roles, images and quotas. */
async function unlessDenied(what: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CrossfoldError && error.code === 'AccessDenied')
      return skipped(`the caller may not look at ${what}; runs do not need it`);
    throw error;
  }
}
