import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Objects } from '../objects.ts';
import { splitUri } from '../objects.ts';
import type { Container } from '../operations/models.ts';
import { unpack } from './archive.ts';
import { fetchScripts } from './script-mode.ts';

type Served = Pick<Container, 'ModelDataUrl' | 'Environment'>;

/**
 * Puts a model below /opt/ml, as its container finds it.
 *
 * @throws ServiceError for an archive that is refused, or scripts that are not there
 */
export async function placeModel(objects: Objects, ml: string, served: Served): Promise<void> {
  await mkdir(join(ml, 'model'), { recursive: true, mode: 0o700 });
  const archive = join(ml, 'model.tar.gz');
  await objects.download(splitUri(served.ModelDataUrl), archive);
  await unpack(archive, join(ml, 'model'));
  await rm(archive);
  const scripts = scriptsOf(served);
  if (scripts.startsWith('s3://')) await fetchScripts(scripts, join(ml, 'code'), objects);
}

/**
 * The variables of a model's container. As with the inference toolkit, scripts in S3 were fetched; others came with the model.
 *
 * @param base the path of /opt/ml for the container
 */
export function modelVariables(served: Served, base: string): Record<string, string> {
  const scripts = scriptsOf(served);
  const folder = scripts.startsWith('s3://') ? '/opt/ml/code' : scripts;
  return { ...served.Environment, SAGEMAKER_SUBMIT_DIRECTORY: folder.replace('/opt/ml', base) };
}

function scriptsOf({ Environment }: Served): string {
  return Environment['SAGEMAKER_SUBMIT_DIRECTORY'] ?? '/opt/ml/model/code';
}
