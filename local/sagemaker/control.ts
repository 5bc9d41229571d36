import { z } from 'zod';
import { ServiceError, validation } from './errors.ts';
import type { JobKind } from './jobs/kind.ts';
import type { Scheduler } from './jobs/scheduler.ts';
import { parseObject, type JsonObject } from './json.ts';
import type { Store } from './store.ts';
import type { Weather } from './weather/weather.ts';

/** What can be asked of the endpoint that AWS has no operation for: a signed request to a path below /crossfold/. */
export type Control = Readonly<Record<string, (body: JsonObject) => JsonObject | Promise<JsonObject>>>;

const interruption = z.strictObject({ TrainingJobName: z.string() });

/** `POST /crossfold/interrupt`: takes the machine away under a training job on spot capacity, as AWS may at any time. */
export function interruptions(store: Store, kind: JobKind, scheduler: Scheduler): Control {
  return {
    interrupt(body) {
      const parsed = interruption.safeParse(body);
      if (!parsed.success) throw validation('An interruption names its job: {"TrainingJobName": "…"}.');
      const job = store.get('training-job', parsed.data.TrainingJobName);
      if (job === undefined) throw validation('Requested resource not found.');
      if (job.request['EnableManagedSpotTraining'] !== true)
        throw validation(`The training job ${job.arn} does not run on spot capacity.`);
      if (!scheduler.interrupt(kind, job.name)) throw validation(`The training job ${job.arn} does not run.`);
      return {};
    },
  };
}

/** `POST /crossfold/weather`: changes the weather; an empty object clears it. */
export function weatherControl(weather: Weather): Control {
  return {
    weather(body) {
      weather.change(body);
      return {};
    },
  };
}

/** @throws ServiceError for a path that names nothing, a body that is no JSON object, or what the call itself refuses */
export async function callControl(control: Control, path: string, body: Buffer): Promise<JsonObject> {
  const name = path.replace(/^\/crossfold\//, '');
  const call = Object.hasOwn(control, name) ? control[name] : undefined;
  if (call === undefined) {
    const known = Object.keys(control).sort().join(', ');
    throw new ServiceError('UnknownOperationException', `There is no control call ${name}. There are: ${known}.`, 404);
  }
  const parsed = parseObject(body.length === 0 ? '{}' : body.toString('utf8'));
  if (parsed === undefined) throw new ServiceError('SerializationException', 'The request is not a JSON object.');
  return await call(parsed);
}
