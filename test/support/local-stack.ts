import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import {
  paginateListProcessingJobs,
  paginateListTrainingJobs,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect } from 'vitest';
import { createObjectStore, splitUri, type ObjectStore } from '../../activities/objects.ts';
import { readPlaces, type Places } from '../../config/home.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import { down, status, up } from '../../local/stack/stack.ts';
import { writeState } from '../../local/stack/state.ts';
import type { Ports } from '../../local/stack/ports.ts';
import type { ServiceName } from '../../local/stack/progress.ts';
import { crossfold, type Ended } from './cli.ts';

/** Above the stack's usual ports, and below those that systems give to clients. */
const FIRST_PORT = 20_000;

/** A job as the stack's SageMaker lists it. */
export interface ListedJob {
  readonly name: string;
  readonly kind: 'processing' | 'training';
  readonly status: string;
}

/** A whole local stack of a test file's own: real processes, in a folder that is gone afterwards. */
export class LocalStack {
  readonly places: Places;
  readonly variables: Readonly<Record<string, string>>;
  readonly sagemaker: SageMakerClient;
  readonly s3: S3Client;
  readonly objects: ObjectStore;
  readonly temporal: Client;
  readonly #connection: Connection;

  constructor(places: Places, variables: Readonly<Record<string, string>>, connection: Connection) {
    const credentials = {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
    const aws = (name: string): { region: string; endpoint: string; credentials: typeof credentials } => ({
      region: 'us-east-1',
      endpoint: variables[name] ?? '',
      credentials,
    });
    this.places = places;
    this.variables = variables;
    this.sagemaker = new SageMakerClient(aws('AWS_ENDPOINT_URL_SAGEMAKER'));
    this.s3 = new S3Client({ ...aws('AWS_ENDPOINT_URL_S3'), forcePathStyle: true });
    this.objects = createObjectStore(this.s3);
    this.#connection = connection;
    this.temporal = new Client({ connection });
  }

  /** Runs the command line against this stack. */
  async cli(...args: string[]): Promise<Ended> {
    return await crossfold(this.places.home, args);
  }

  /** The same with more variables. */
  async cliWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
    return await crossfold(this.places.home, args, variables);
  }

  /** Every processing and training job there is. */
  async jobs(): Promise<ListedJob[]> {
    const [config, input] = [{ client: this.sagemaker }, { MaxResults: 100 }];
    const jobs: ListedJob[] = [];
    for await (const page of paginateListProcessingJobs(config, input)) {
      for (const job of page.ProcessingJobSummaries ?? [])
        jobs.push(listed(job.ProcessingJobName, 'processing', job.ProcessingJobStatus));
    }
    for await (const page of paginateListTrainingJobs(config, input)) {
      for (const job of page.TrainingJobSummaries ?? [])
        jobs.push(listed(job.TrainingJobName, 'training', job.TrainingJobStatus));
    }
    return jobs;
  }

  /** The jobs that have not ended. */
  async runningJobs(): Promise<ListedJob[]> {
    return (await this.jobs()).filter((job) => job.status === 'InProgress' || job.status === 'Stopping');
  }

  /** Waits until a training job runs. */
  async untilTraining(): Promise<void> {
    const training = async (): Promise<number> =>
      (await this.runningJobs()).filter(({ kind }) => kind === 'training').length;
    await expect.poll(training, { timeout: 60_000 }).toBeGreaterThan(0);
  }

  /** The keys of the objects below a prefix `s3://bucket/prefix`. */
  async keysBelow(uri: string): Promise<string[]> {
    const { Bucket, Key } = splitUri(uri);
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket, Prefix: Key })) {
      keys.push(...(page.Contents ?? []).flatMap((object) => object.Key ?? []));
    }
    return keys;
  }

  async stopTrainingJob(name: string): Promise<void> {
    await this.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
  }

  /** Kills a service as a power cut would: no chance to clean up. */
  async kill(service: ServiceName): Promise<void> {
    const found = (await status({ places: this.places })).services.find(({ name }) => name === service);
    if (found?.pid === undefined) throw new Error(`${service} does not run`);
    process.kill(found.pid, 'SIGKILL');
  }

  /** Starts again what was killed. */
  async restart(services?: readonly ServiceName[]): Promise<void> {
    await up({ places: this.places, ...(services !== undefined && { services }) });
  }

  async close(): Promise<void> {
    this.sagemaker.destroy();
    this.s3.destroy();
    await this.#connection.close();
    await remove(this.places);
  }
}

/** Ports that no test file takes which runs at the same time: a service that was killed comes back where it was. */
function ownPorts(): Ports {
  const first = FIRST_PORT + 100 * Number(process.env['VITEST_POOL_ID']);
  return { temporal: first, ui: first + 20, s3: first + 40, sagemaker: first + 60 };
}

async function remove(places: Places): Promise<void> {
  await down({ places, purge: true });
  await rm(places.home, { recursive: true, force: true });
}

function listed(name = '', kind: ListedJob['kind'], jobStatus = ''): ListedJob {
  return { name, kind, status: jobStatus };
}

/**
 * A stack for the tests of a file; the answer gives it once it is up.
 *
 * @param weather the SageMaker endpoint's, as YAML
 */
export function useLocalStack(services?: readonly ServiceName[], weather?: string): () => LocalStack {
  let stack: LocalStack | undefined;
  beforeAll(async () => {
    const home = await mkdtemp(join(tmpdir(), 'crossfold-test-'));
    const places = { ...readPlaces(), home };
    writeState(home, { version: 1, ports: ownPorts(), services: {} });
    const file = join(home, 'weather.yaml');
    if (weather !== undefined) await writeFile(file, weather);
    const asked = { ...(services !== undefined && { services }), ...(weather !== undefined && { weather: file }) };
    await up({ places, ...asked }).catch(async (error: unknown) => {
      await remove(places);
      throw error;
    });
    const variables = stackEnvironment(places) ?? {};
    // Lazy: a stack without Temporal has none to connect to.
    const connection = Connection.lazy({ address: variables['TEMPORAL_ADDRESS'] ?? '' });
    stack = new LocalStack(places, variables, connection);
  });
  afterAll(async () => {
    await stack?.close();
  });
  return () => {
    if (stack === undefined) throw new Error('the stack is not up');
    return stack;
  };
}
