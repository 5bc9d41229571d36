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
