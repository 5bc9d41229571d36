import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CrossfoldError } from '../../core/errors.ts';
import type { AddCommand, Terminal } from '../command.ts';
import { findRun } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold report`: what a run found, as a page. */
export const addReport: AddCommand = (program, { terminal }) => {
  program
    .command('report')
    .summary('save the report of a run')
    .description(
      'Saves the report of a completed run: one HTML file that needs nothing else, to be opened, mailed or kept.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--output <file>', 'where to save it; default: <pipeline>-<run>.html in this folder')
    .option('--open', 'open it in the browser')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold report --open\n  crossfold report titanic/2026-11-25T10-30Z-7f3a --output titanic.html',
    )
    .action(async (name: string | undefined, options: { output?: string; open?: true }) => {
      await withSession(async ({ temporal, objects }) => {
        const handle = await findRun(temporal.client, name);
        const { status } = await handle.describe();
        if (status.name !== 'COMPLETED') {
          throw new CrossfoldError(
            'RunNotFound',
            `run ${handle.workflowId} is ${status.name.toLowerCase()}; only a completed run has a report. ` +
              `'crossfold status' shows what runs.`,
          );
        }
        const { files } = await handle.result();
        const page = await objects.readText(files.report);
        if (page === undefined) throw new CrossfoldError('RunNotFound', `${files.report} is gone from S3`);
        const file = resolve(options.output ?? `${handle.workflowId.replaceAll('/', '-')}.html`);
        await writeFile(file, page);
        terminal.print(file);
        if (options.open === true) openFile(file, terminal);
      });
    });
};

/** What opens a page, by system; elsewhere it is the freedesktop one. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer' };

/** Hands a file to the system's browser, and does not wait for it. */
function openFile(file: string, terminal: Terminal): void {
  const command = OPENERS[process.platform] ?? 'xdg-open';
  const opener = spawn(command, [pathToFileURL(file).href], { detached: true, stdio: 'ignore' });
  opener.on('error', () => terminal.note(`${command} could not be started: open the file yourself.`));
  opener.unref();
}
