import { describe, expect, test } from 'vitest';
import type { ServiceName } from '../../local/stack/progress.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';
import { runOf } from '../support/cli.ts';

const stack = useLocalStack();
cleanPipelines();

describe('kill -9 in the middle of a run, then a restart', () => {
  test.each<ServiceName>(['worker', 'temporal', 'sagemaker'])(
    'of the %s: the run completes and no job is made twice',
    async (service) => {
      const before = new Set((await stack().jobs()).map(({ name }) => name));
      const started = await stack().cli('run', await pipelineWith(slowPipeline(2)), '--no-reuse', '--detach', '--json');
      expect(started.code, started.stderr).toBe(0);
      await stack().untilTraining();

      await stack().kill(service);
      await stack().restart();

      await stack().temporal.workflow.getHandle(runOf(started)).result();
      const jobs = (await stack().jobs()).filter(({ name }) => !before.has(name));
      // split, 3 × (preprocess + train), final, holdout: a job made again would be one more.
      expect(jobs.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 'Completed'));
    },
  );
});
