// Sets everything up, then runs the demo: a table to a live endpoint on the local stack.
import { runMain } from './child.mjs';
import { setup } from './setup.mjs';

await runMain(async (signal, release) => {
  await setup({ signal });
  // From here on the command line takes care of signals: it knows what it has started.
  release();
  process.argv.splice(2, 0, 'demo');
  await import('./crossfold.mjs');
});
