import { CancellationScope } from '@temporalio/workflow';

/** Children and activities that one workflow has under way at once: wider is slower on the server. */
export const WINDOW = 50;

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
