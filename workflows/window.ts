import { CancellationScope, patched } from '@temporalio/workflow';

/** Children and activities that one workflow has under way at once: wider is slower on the server. */
export const WINDOW = 50;
/** Jobs under way for each slot: with only as many as run at once, slots would wait for the server between two jobs. */
const JOBS_PER_SLOT = 3;

/** How many jobs of a step are under way at once: no more than keep the slots busy, as those that wait for one have heartbeats, too. */
export function jobWindow(slots: number): number {
  // Runs that began without this bound have more under way, and go on so.
  return patched('jobs-by-slots') ? Math.min(WINDOW, JOBS_PER_SLOT * slots) : WINDOW;
}

/**
 * Runs `run` on every item, at most `width` at a time, and answers in the order of the items. When one fails the others
 * are cancelled and waited for, so that nothing is left running; then its error is thrown.
 */
export async function inWindow<T, R>(
  items: readonly T[],
  width: number,
  run: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  return await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const results: R[] = [];
    const failures: unknown[] = [];
    const queue = items.entries();
    async function lane(): Promise<void> {
      for (const [index, item] of queue) {
        if (failures.length > 0) return;
        try {
          results[index] = await run(item, index);
        } catch (error) {
          failures.push(error);
          scope.cancel();
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
    if (failures.length > 0) throw failures[0];
    return results;
  });
}
