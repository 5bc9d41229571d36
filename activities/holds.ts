import { z } from 'zod';
import type { ObjectStore } from './objects.ts';

const hold = z.object({ held: z.boolean() });

export interface HoldActivities {
  /** Says in S3 whether jobs of a run may start. No job that waits for its start starts after it was held. */
  writeHold(request: { readonly file: string; readonly held: boolean }): Promise<void>;
}

/** The activity that holds the jobs of a paused run, and lets them go. */
export function createHoldActivities(objects: ObjectStore): HoldActivities {
  return {
    async writeHold({ file, held }) {
      await objects.writeText(file, JSON.stringify({ held }), 'application/json');
    },
  };
}

/** Whether jobs of a run must not start. */
export async function isHeld(objects: ObjectStore, file: string): Promise<boolean> {
  const text = await objects.readText(file);
  return text !== undefined && hold.parse(JSON.parse(text)).held;
}
