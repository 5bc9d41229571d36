import { join } from 'node:path';
import { clientVariables } from './environment.ts';
import { LOOPBACK } from './ports.ts';
import { makePrivateFolder } from './private-file.ts';
import { PROBE_TIMEOUT_MS, type ProbeContext, type Service } from './service.ts';

/** The SageMaker-compatible endpoint that runs jobs as local processes. */
export const sagemaker: Service = {
  name: 'sagemaker',
  title: 'SageMaker endpoint',
  ports: ['sagemaker'],
  after: ['s3'],
  built: true,
  launch(context) {
    const { places, ports, credentials, tools, weather } = context;
    const state = stateFolder(context);
    return {
      command: process.execPath,
      arguments: [join(places.root, 'dist/local/sagemaker/main.js')],
      variables: {
        ...clientVariables(ports, credentials),
        CROSSFOLD_SAGEMAKER_HOST: LOOPBACK,
        CROSSFOLD_SAGEMAKER_PORT: String(ports.sagemaker),
        CROSSFOLD_SAGEMAKER_STATE: state,
        CROSSFOLD_SAGEMAKER_HIDDEN: places.home,
        CROSSFOLD_PYTHON: tools.python,
        ...(weather !== undefined && { CROSSFOLD_SAGEMAKER_WEATHER: weather }),
      },
      folder: state,
    };
  },
  prepare(context) {
    makePrivateFolder(stateFolder(context));
  },
  async ready(context) {
    try {
      const url = `http://${LOOPBACK}:${context.ports.sagemaker}/ping`;
      return (await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
    } catch {
      return false; // refused or timed out: it does not listen yet
    }
  },
  url: (ports) => `http://${LOOPBACK}:${ports.sagemaker}`,
};

function stateFolder(context: ProbeContext): string {
  return join(context.places.home, 'sagemaker');
}
