import { createObjectStore, type ObjectStore } from '../activities/objects.ts';
import { createS3Client } from '../activities/s3.ts';
import { pointAtStack, processEnvironment } from '../config/environment.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { connectClient, type TemporalClient } from '../config/temporal.ts';
import { inSpan, startTracing } from '../config/tracing.ts';
import { stackEnvironment } from '../local/stack/environment.ts';

/** What a command that talks to Temporal and S3 works with. */
export interface Session {
  readonly settings: Settings;
  readonly temporal: TemporalClient;
  readonly objects: ObjectStore;
}

/** Opens a session for the time of `body`: on the local stack, unless the environment says AWS. */
export async function withSession<T>(body: (session: Session) => Promise<T>): Promise<T> {
  pointAtStack(stackEnvironment());
  const environment = processEnvironment();
  const settings = readSettings(environment);
  const tracing = await startTracing(environment, 'crossfold');
  const temporal = await connectClient(environment);
  const s3 = createS3Client();
  try {
    const { [2]: command = '' } = process.argv;
    return await inSpan(tracing, `crossfold ${command}`, () =>
      body({ settings, temporal, objects: createObjectStore(s3) }),
    );
  } finally {
    s3.destroy();
    await temporal.close();
    await tracing?.close();
  }
}
