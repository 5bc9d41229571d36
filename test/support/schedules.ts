import { expect } from 'vitest';
import { z } from 'zod';
import type { LocalStack } from './local-stack.ts';

const described = z.object({
  state: z.string(),
  fired: z.number(),
  missed: z.number(),
  skipped: z.number(),
  firings: z.array(z.object({ at: z.string(), workflow: z.string(), outcome: z.string(), reason: z.string() })),
});
export type Described = z.infer<typeof described>;

/** Runs a command of schedules that has to succeed. */
export async function schedule(stack: LocalStack, ...args: string[]): Promise<string> {
  const ended = await stack.cli('schedule', ...args);
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
}

export async function describeSchedule(stack: LocalStack, name: string): Promise<Described> {
  return described.parse(JSON.parse(await schedule(stack, 'describe', name, '--json')));
}

/** A firing, with the steps whose jobs it started. */
export interface Fired extends Omit<Described['firings'][number], 'at' | 'workflow'> {
  readonly jobs: readonly string[];
}

/** Lets a schedule fire once, and waits for what comes of it. */
export async function fire(stack: LocalStack, name: string): Promise<Fired> {
  const before = new Set((await stack.jobs()).map((job) => job.name));
  const { fired } = await describeSchedule(stack, name);
  await schedule(stack, 'trigger', name);
  let last: Described['firings'][number] | undefined;
  await expect
    .poll(
      async () => {
        const now = await describeSchedule(stack, name);
        last = now.firings.at(-1);
        return now.fired === fired + 1 && last?.outcome !== 'running';
      },
      { timeout: 300_000, interval: 1000 },
    )
    .toBe(true);
  const started = (await stack.jobs()).map((job) => job.name).filter((job) => !before.has(job));
  return {
    outcome: last?.outcome ?? '',
    reason: last?.reason ?? '',
    jobs: started.map((job) => job.replace(/^[\w-]+?-[0-9a-f]{12}-/, '')).sort(),
  };
}
