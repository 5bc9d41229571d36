// Makes .env for docker-compose.yml: passwords and keys of your own, and what clients on this machine need.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const variables = {
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  AWS_ACCESS_KEY_ID: `LOCAL${randomBytes(8).toString('hex').slice(0, 15).toUpperCase()}`,
  AWS_SECRET_ACCESS_KEY: randomBytes(30).toString('base64url'),
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9250',
  AWS_ENDPOINT_URL_SAGEMAKER: 'http://127.0.0.1:9260',
  AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: 'http://127.0.0.1:9260',
  AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9260',
  AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:9260',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'default',
  CROSSFOLD_BUCKET: 'crossfold',
  CROSSFOLD_ROLE_ARN: 'arn:aws:iam::000000000000:role/crossfold',
  CROSSFOLD_IMAGE: 'local/crossfold-jobs:1',
  CROSSFOLD_UI_URL: 'http://127.0.0.1:8233',
};

const file = join(root, '.env');
try {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  // Never over an existing one: the database keeps the password that it was made with.
  writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' });
  console.error(`${file} made`);
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  console.error(`${file} is there already and stays as it is`);
}
