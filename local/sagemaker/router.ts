import { ServiceError } from './errors.ts';
import { parseObject, withoutNulls, type JsonObject } from './json.ts';
import type { Operations } from './operations/operation.ts';

/** Checks a request before anything is done for it; throws what AWS would answer. */
export type RequestCheck = (operation: string, body: JsonObject) => void;

/** Carries an operation out, as what lies over the endpoint has it. */
export type Carry = (name: string, act: () => JsonObject | Promise<JsonObject>) => JsonObject | Promise<JsonObject>;

/**
 * Answers one control-plane request: AWS JSON 1.1.
 *
 * @param prefix what comes before the operation in the X-Amz-Target header, as in `SageMaker.CreateTrainingJob`
 * @throws ServiceError
 */
export async function control(
  prefix: string,
  operations: Operations,
  check: RequestCheck,
  target: string,
  body: Buffer,
  carry: Carry = (_, act) => act(),
): Promise<JsonObject> {
  const [service, name = ''] = target.split('.');
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (service !== prefix || operation === undefined) {
    const known = Object.keys(operations).sort().join(', ');
    throw new ServiceError(
      'UnknownOperationException',
      `The operation ${target} is not supported here. Supported: ${known}.`,
      404,
    );
  }
  const request = parseObject(body.length === 0 ? '{}' : body.toString('utf8'));
  if (request === undefined) throw new ServiceError('SerializationException', 'The request is not a JSON object.');
  check(name, request);
  return await carry(name, () => operation(withoutNulls(request)));
}
