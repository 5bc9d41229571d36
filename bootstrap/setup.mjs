// Sets everything up, and skips what is there: packages, the build, the Python environment, the programs of the stack.
import { pathToFileURL } from 'node:url';
import { build, installPackages, root } from './build.mjs';
import { Failure, runMain } from './child.mjs';
import { Steps } from './steps.mjs';

const LEAST_NODE = [20, 19];

/**
 * Has everything there that a command needs. With `development` also what tests and checks need.
 * Answers with the paths of the stack's programs.
 */
export async function setup({ signal, development = false }) {
  checkNode();
  const steps = new Steps();
  try {
    await installPackages(steps, signal);
    await build(steps, signal);
    const { prepare } = await import(pathToFileURL(`${root}/dist/local/stack/install/install.js`));
    return await prepare((event) => show(steps, event), { signal, python: development ? 'development' : 'jobs' });
  } finally {
    steps.close();
  }
}

function show(steps, event) {
  if (event.kind === 'started') steps.begin(event.step, event.message);
  else if (event.kind === 'progress') steps.update(event.step, event.message);
  else if (event.kind === 'done') steps.end(event.step, event.message, event.ms);
  else steps.note(event.message);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Failure(`Node ${process.versions.node} is too old; install Node >= ${LEAST_NODE.join('.')}`);
}

if (process.argv[1] === import.meta.filename) {
  await runMain(async (signal) => {
    await setup({ signal });
    console.error(
      "crossfold is set up. Start the local stack with 'npx crossfold up', or see it all with 'npm run demo'.",
    );
  });
}
