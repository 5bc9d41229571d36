import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ServiceName } from '../../local/stack/progress.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines } from '../support/pipelines.ts';
import { approvedPipeline, startDetached, untilWaiting } from '../support/waiting.ts';

const stack = useLocalStack();
cleanPipelines();

const outcome = z.object({ approval: z.object({ outcome: z.string(), by: z.string(), reason: z.string() }) });

describe('kill -9 while a run waits for approval, then a restart', () => {
  test.each<ServiceName>(['worker', 'temporal'])(
    'of the %s: it still waits, and takes the decision',
    async (service) => {
      const run = await startDetached(stack(), approvedPipeline(`after-${service}`));
      await untilWaiting(stack(), run);

      await stack().kill(service);
      await stack().restart();

      await untilWaiting(stack(), run);
      const rejected = await stack().cli('reject', run, '--by', 'ada', '--reason', 'after a restart');
      expect(rejected.code, rejected.stderr).toBe(0);
      expect(outcome.parse(await stack().temporal.workflow.getHandle(run).result()).approval).toMatchObject({
        ...{ outcome: 'rejected', by: 'ada', reason: 'after a restart' },
      });
    },
  );

  test('of the Temporal server, with a deadline: it is decided once the server is back', async () => {
    const run = await startDetached(
      stack(),
      approvedPipeline('after-deadline', '{ deadline: 15s, otherwise: reject }'),
    );
    await untilWaiting(stack(), run);
    await stack().kill('temporal');
    await stack().restart();
    const result = outcome.parse(await stack().temporal.workflow.getHandle(run).result());
    expect(result.approval).toMatchObject({ outcome: 'rejected', by: 'deadline' });
  });
});
