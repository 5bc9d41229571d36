import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { expect, test } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { fire, schedule } from '../support/schedules.ts';
import { TableInS3 } from '../support/table.ts';

const stack = useLocalStack();
cleanPipelines();

const NAME = 'watched';
const ROWS = 60;

/** Asks the endpoint for rows of people who are all old. */
async function askOfOldPeople(): Promise<void> {
  const { variables } = stack();
  const client = new SageMakerRuntimeClient({
    region: 'us-east-1',
    endpoint: variables['AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME'] ?? '',
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const row = { Pclass: 3, Sex: 'male', SibSp: 0, Parch: 0, Fare: 8, Embarked: 'Southampton', Deck: null };
  const instances = Array.from({ length: ROWS }, (_, index) => ({ ...row, Age: 60 + (index % 25) }));
  const request = { EndpointName: NAME, ContentType: 'application/json', Body: JSON.stringify({ instances }) };
  await client.send(new InvokeEndpointCommand(request));
  client.destroy();
}

test('a schedule sees drift in what the endpoint is asked, where the new rows of the table have none', async () => {
  const table = new TableInS3(stack(), NAME);
  await table.begin();
  const pipeline = SMALL.replace('pipeline: small', `pipeline: ${NAME}`).replace(
    'file: titanic.csv',
    `uri: ${table.uri}`,
  );
  const file = await pipelineWith({ pipeline: `${pipeline}deploy: { endpoint: ${NAME}, capture: 1 }\n` });
  await schedule(stack(), 'create', NAME, file, '--cron', '0 0 1 1 *', '--paused');
  expect(await fire(stack(), NAME)).toMatchObject({ outcome: 'deployed' });

  await askOfOldPeople();
  const captured = `s3://${stack().variables['CROSSFOLD_BUCKET'] ?? ''}/crossfold/${NAME}/captured/`;
  await expect.poll(() => stack().keysBelow(captured), { timeout: 60_000 }).not.toEqual([]);
  // New rows, of the same people to the second digit.
  await table.add((row, index) => ({ ...row, Fare: `${row['Fare'] ?? '0'}${index % 2}` }));

  const { reason, jobs } = await fire(stack(), NAME);
  expect(reason).toContain('891 new rows are like the training rows');
  expect(reason).toMatch(/\d+ rows that the endpoint was sent drift: PSI of Age is/);
  expect(jobs).toContain('drift');
  expect(jobs.length).toBeGreaterThan(1);
}, 400_000);
