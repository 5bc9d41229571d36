import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientVariables } from './environment.ts';
import type { ProbeContext, Service } from './service.ts';

/** The worker, which writes its pid to a file once it polls. */
export const worker: Service = {
  name: 'worker',
  title: 'worker',
  ports: [],
  after: ['temporal', 's3', 'sagemaker'],
  built: true,
  launch(context) {
    const { places, ports, credentials } = context;
    return {
      command: process.execPath,
      arguments: [join(places.root, 'dist/client/main.js'), 'worker'],
      variables: { ...clientVariables(ports, credentials), CROSSFOLD_READY_FILE: readyFile(context) },
      folder: places.root,
    };
  },
  prepare(context) {
    rmSync(readyFile(context), { force: true });
  },
  ready(context, pid) {
    try {
      const text = readFileSync(readyFile(context), 'utf8');
      return Promise.resolve(text.trim() === String(pid));
    } catch {
      return Promise.resolve(false); // not written yet
    }
  },
  url: () => undefined,
};

function readyFile(context: ProbeContext): string {
  return join(context.places.home, 'worker.ready');
}
