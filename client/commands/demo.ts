import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import { down, status, up } from '../../local/stack/stack.ts';
import type { AddCommand, Shell } from '../command.ts';
import { resultText } from '../format/result-text.ts';
import { runLink } from '../runs.ts';
import { withSession } from '../session.ts';
import { stackProgress } from '../stack-progress.ts';
import { follow, submit } from './run.ts';

/** `crossfold demo`: the whole way, from nothing to a live endpoint. */
export const addDemo: AddCommand = (program, shell) => {
  program
    .command('demo')
    .summary('start the local stack and run the Titanic example on it')
    .description(
      'Starts the local stack, runs examples/titanic from the table to a live endpoint, and shows what came out.',
    )
    .option('--down', 'stop the stack afterwards')
    .action(async (options: { down?: true }) => {
      const wasUp = (await status()).services.some(({ state }) => state === 'running');
      let stays = wasUp;
      try {
        stays = (await demonstrate(shell)) && options.down !== true;
      } finally {
        if (!stays) await stop(shell);
      }
      if (stays)
        shell.terminal.note(
          "\nThe stack is still up: 'npx crossfold down' stops it, 'npx crossfold --help' shows what else there is.",
        );
    });
};

/** Whether the run came to its end. Whoever interrupts the demo wants all of it to end, the run too. */
async function demonstrate(shell: Shell): Promise<boolean> {
  const progress = await stackProgress(shell.terminal);
  shell.terminal.note('Start the local stack');
  try {
    await up({ signal: shell.interrupted }, progress.report);
  } finally {
    progress.end();
  }
  return await withSession(async (session) => {
    shell.terminal.note('Run examples/titanic');
    const handle = await submit(join(readPlaces().root, 'examples/titanic/pipeline.yaml'), session, shell);
    const result = await follow(handle, shell);
    if (result === undefined) {
      await handle.cancel();
      return false;
    }
    shell.terminal.print(
      `\n${resultText(result, runLink(session.settings.uiUrl, session.temporal.namespace, handle), shell.terminal.width())}`,
    );
    return true;
  });
}

async function stop({ terminal }: Shell): Promise<void> {
  const progress = await stackProgress(terminal);
  try {
    await down({}, progress.report);
  } finally {
    progress.end();
  }
}
