import { expect, test } from 'vitest';
import { z } from 'zod';
import { crossfold, type Ended } from '../support/cli.ts';
import { useLocalStack } from '../support/local-stack.ts';

const stack = useLocalStack();

const findings = z.array(z.object({ name: z.string(), status: z.string(), mend: z.string().optional() }));

/** The names of the checks, by how they ended. */
function byStatus({ stdout }: Ended): Record<string, string[]> {
  const found = findings.parse(JSON.parse(stdout));
  const statuses = [...new Set(found.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => [status, found.filter((each) => each.status === status).map(({ name }) => name)]),
  );
}

test('where all is there nothing fails, and nothing stays in the bucket', async () => {
  const before = await stack().keysBelow('s3://crossfold/crossfold');
  const ended = await stack().cli('doctor', '--json');
  expect(ended.code, ended.stdout).toBe(0);
  expect(byStatus(ended)).toEqual({
    ok: [
      ...['Python', 'Disk', 'Local stack', 'Ports', 'Temporal', 'Search attributes', 'Worker'],
      ...['Settings', 'Identity', 'Bucket'],
    ],
    skipped: ['Role', 'Image', 'Quotas'],
  });
  expect(await stack().keysBelow('s3://crossfold/crossfold')).toEqual(before);
});

test('each fault is told with its way out, and the exit code is that of the first', async () => {
  await stack().kill('sagemaker');
  const broken = await stack().cli('doctor');
  expect(broken.code).toBe(5);
  expect(broken.stdout).toMatch(/✗ Local stack .*SageMaker endpoint: died\n +→ .*'crossfold up'/);
  expect(broken.stdout).toMatch(/✗ Identity /);
  await stack().restart();
});

test('settings that are wrong, and a server that does not answer', async () => {
  const variables = { TEMPORAL_ADDRESS: '127.0.0.1:1', CROSSFOLD_BUCKET: 'No Bucket', AWS_REGION: 'us-east-1' };
  const nowhere = `${stack().places.home}-nowhere`;
  const ended = await crossfold(nowhere, ['doctor', '--json'], {
    ...variables,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
  expect(ended.code).toBe(5);
  expect(byStatus(ended)).toMatchObject({
    failed: ['Temporal', 'Settings', 'Identity'],
    skipped: ['Local stack', 'Search attributes', 'Worker', 'Bucket', 'Role', 'Image', 'Quotas'],
  });
  expect(ended.stdout).toContain('must be the name of an S3 bucket');
}, 60_000);
