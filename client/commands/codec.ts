import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { EncryptionCodec } from '../../config/codec.ts';
import { readCodecKeys } from '../../config/codec-keys.ts';
import { pointAtStack, processEnvironment } from '../../config/environment.ts';
import { readSettings } from '../../config/settings.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import { wholeNumber } from '../arguments.ts';
import { serveCodec } from '../codec-server.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold codec`: keys that Temporal's payloads are encrypted with, and a server that decrypts them for its Web UI. */
export const addCodec: AddCommand = (program, { terminal, interrupted }) => {
  const codec = program
    .command('codec')
    .summary('encrypt what Temporal keeps')
    .description('Makes keys for what Temporal keeps of runs, and decrypts it for the Web UI.');
  codec
    .command('new-key')
    .summary('make a key')
    .description(
      'Prints a new key: a line for the file that CROSSFOLD_CODEC_KEYS names. The first line of it encrypts, all decrypt.',
    )
    .argument('<id>', 'what the key is called, as 2026-11')
    .addHelpText('after', '\nExample:\n  (umask 077; crossfold codec new-key 2026-11 > codec.keys)')
    .action((id: string) => {
      if (!/^[\w.-]{1,64}$/.test(id))
        throw new CrossfoldError(
          'SettingsInvalid',
          `found ${id}; allowed: at most 64 letters, digits, '_', '.' and '-'.`,
        );
      terminal.print(`${id} ${randomBytes(32).toString('base64')}`);
    });
  codec
    .command('serve')
    .summary('decrypt payloads for the Web UI')
    .description(
      'Answers the Web UI on this machine until Ctrl-C: set the codec server there to the address that is printed. Only pages of CROSSFOLD_UI_URL are answered.',
    )
    .option('--port <number>', 'the port; 0 for a free one', wholeNumber(0), 8081)
    .addHelpText('after', '\nExample:\n  CROSSFOLD_CODEC_KEYS=codec.keys crossfold codec serve')
    .action(async ({ port }: { port: number }) => {
      pointAtStack(stackEnvironment());
      const keys = readCodecKeys(processEnvironment());
      if (keys === undefined)
        throw new CrossfoldError(
          'SettingsInvalid',
          'CROSSFOLD_CODEC_KEYS is not set: it names the file with the keys.',
        );
      const origin = new URL(readSettings(processEnvironment()).uiUrl).origin;
      const server = await serveCodec(new EncryptionCodec(keys), port, origin);
      const address = server.address();
      terminal.print(`http://127.0.0.1:${address === null || typeof address === 'string' ? port : address.port}`);
      if (!interrupted.aborted) await once(interrupted, 'abort');
      server.close();
      server.closeAllConnections();
    });
};
