import { bundleWorkflowCode } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BUNDLE_PATH } from './bundle.ts';

/** Builds the workflow bundle ahead of time: a worker that bundles at its start takes seconds longer. */
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
  // Hands a trace on to children and activities; without a trace, and without a sink for spans, it does nothing.
  workflowInterceptorModules: [
    fileURLToPath(import.meta.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors')),
  ],
  logger: quiet(),
});
await writeFile(BUNDLE_PATH, code);

/** Only what goes wrong is of interest in a build. */
function quiet(): NonNullable<Parameters<typeof bundleWorkflowCode>[0]['logger']> {
  const silent = (): void => undefined;
  const loud = (message: string): void => void process.stderr.write(`${message}\n`);
  return {
    log: (level, message) => (level === 'ERROR' || level === 'WARN' ? loud(message) : undefined),
    trace: silent,
    debug: silent,
    info: silent,
    warn: loud,
    error: loud,
  };
}
