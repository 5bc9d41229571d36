// How long from `npm run demo` to the first running job, with everything installed and the stack down: seconds, a line a try.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { DescribeProcessingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = dirname(import.meta.dirname);
const { values } = parseArgs({ options: { tries: { type: 'string', default: '3' } } });

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

const crossfold = (...args) => run(process.execPath, 'bootstrap/crossfold.mjs', ...args);

/** When SageMaker says that the newest run's first job began to run. */
async function firstJobStart() {
  const { jobs } = JSON.parse(crossfold('result', '--json'));
  const variables = JSON.parse(crossfold('env', '--json'));
  const client = new SageMakerClient({
    endpoint: variables.AWS_ENDPOINT_URL_SAGEMAKER,
    region: variables.AWS_REGION,
    credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID, secretAccessKey: variables.AWS_SECRET_ACCESS_KEY },
  });
  const { ProcessingStartTime } = await client.send(
    new DescribeProcessingJobCommand({ ProcessingJobName: jobs[0].name }),
  );
  return ProcessingStartTime.getTime();
}

crossfold('setup');
for (let attempt = 0; attempt < Number(values.tries); attempt += 1) {
  crossfold('down');
  const began = Date.now();
  run('npm', 'run', '--silent', 'demo');
  console.log(`first job running after ${(((await firstJobStart()) - began) / 1000).toFixed(2)} s`);
}
crossfold('down');
