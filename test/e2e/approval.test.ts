import { DescribeEndpointCommand, DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines } from '../support/pipelines.ts';
import { approvedPipeline, startDetached, untilWaiting } from '../support/waiting.ts';

const stack = useLocalStack();
cleanPipelines();

const outcome = z.object({
  modelPackage: z.string(),
  approval: z.object({ outcome: z.string(), by: z.string(), reason: z.string() }),
  deployment: z.object({ endpoint: z.string() }).optional(),
});

async function resultOf(run: string): Promise<z.infer<typeof outcome>> {
  return outcome.parse(await stack().temporal.workflow.getHandle(run).result());
}

async function registered(modelPackage: string): Promise<[string | undefined, string | undefined]> {
  const found = await stack().sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: modelPackage }));
  return [found.ModelApprovalStatus, found.ApprovalDescription];
}

async function endpointStatus(endpoint: string): Promise<string | undefined> {
  return await stack()
    .sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }))
    .then(
      ({ EndpointStatus }) => EndpointStatus,
      () => undefined,
    );
}

const listed = z.array(z.object({ run: z.string(), status: z.string(), stage: z.string() }));

describe('a run that waits for approval', () => {
  test('is shown as waiting, refuses what is not allowed, and deploys once it is approved', async () => {
    const run = await startDetached(stack(), approvedPipeline('approved'));
    await untilWaiting(stack(), run);

    const list = listed.parse(JSON.parse((await stack().cli('list', '--json')).stdout));
    expect(list.find((each) => each.run === run)).toMatchObject({ status: 'waiting for approval', stage: 'approve' });
    const status = await stack().cli('status', run);
    expect(status.stdout).toContain('waiting for approval');
    expect(status.stdout).toContain("'crossfold approve'");
    expect(await endpointStatus('approved')).toBeUndefined();

    const wordless = await stack().cli('approve', run, '--reason', '  ');
    expect([wordless.code, wordless.stderr]).toEqual([1, expect.stringContaining('reason: a reason')]);

    const approved = await stack().cli('approve', run, '--by', 'ada', '--reason', 'recall is fine', '--json');
    expect(approved.code, approved.stderr).toBe(0);
    expect(JSON.parse(approved.stdout)).toMatchObject({ run, outcome: 'approved', by: 'ada' });

    // The same again is the same answer; the other is refused, whether the run still deploys or has ended.
    const other = await stack().cli('reject', run, '--reason', 'too late');
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/approved by ada|is completed/)]);

    const result = await resultOf(run);
    expect(result.approval).toMatchObject({ outcome: 'approved', by: 'ada', reason: 'recall is fine' });
    expect(result.deployment?.endpoint).toBe('approved');
    expect(await endpointStatus('approved')).toBe('InService');
    expect(await registered(result.modelPackage)).toEqual(['Approved', 'approved by ada: recall is fine']);
    expect((await stack().cli('result', run)).stdout).toContain('approved by ada');

    const late = await stack().cli('approve', run, '--reason', 'again');
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('is completed')]);
  });

  test('that is rejected completes without a deploy; its model stays registered, as rejected', async () => {
    const run = await startDetached(stack(), approvedPipeline('rejected'));
    await untilWaiting(stack(), run);
    const rejected = await stack().cli('reject', run, '--reason', 'not <b>this</b> one');
    expect(rejected.code, rejected.stderr).toBe(0);
    const result = await resultOf(run);
    expect(result.approval.outcome).toBe('rejected');
    expect(result.deployment).toBeUndefined();
    expect(await registered(result.modelPackage)).toEqual([
      'Rejected',
      `rejected by ${result.approval.by}: not <b>this</b> one`,
    ]);
    expect(await endpointStatus('rejected')).toBeUndefined();
  });

  test.each([
    ['reject', undefined],
    ['approve', 'late-approve'],
  ])('at its deadline is decided as the pipeline says: %s', async (otherwise, endpoint) => {
    const run = await startDetached(
      stack(),
      approvedPipeline(`late-${otherwise}`, `{ deadline: 500ms, otherwise: ${otherwise} }`),
    );
    const result = await resultOf(run);
    expect(result.approval).toMatchObject({ by: 'deadline', reason: 'nobody decided within 500ms' });
    expect(result.deployment?.endpoint).toBe(endpoint);
  });
});

test('a run that asks for no approval cannot be approved', async () => {
  const run = await startDetached(
    stack(),
    approvedPipeline('unused').replace(/^deploy:.*$/m, 'deploy: { endpoint: unused }'),
  );
  const refused = await stack().cli('approve', run, '--reason', 'fine');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/asks for none|is completed/)]);
  await stack().cli('cancel', run);
});
