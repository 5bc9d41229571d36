import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../errors.ts';
import { withoutNulls } from '../json.ts';
import type { Operations } from '../operations/operation.ts';
import { protocolOf } from './wire.ts';

/**
 * Answers one request to CloudWatch in the protocol that it came in.
 *
 * @throws ServiceError UnknownOperationException for a protocol that is not spoken here
 */
export async function answerCloudWatch(
  operations: Operations,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { operation, headers, decode, encode } = protocolOf(request);
  try {
    const act = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (act === undefined) {
      const known = Object.keys(operations).sort().join(', ');
      throw new ServiceError(
        'UnknownOperationException',
        `CloudWatch's operation ${operation} is not supported here. Supported: ${known}.`,
        404,
      );
    }
    const found = await act(withoutNulls(decode(body)));
    response.writeHead(200, headers).end(encode(found));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, status } = error;
    // Clients that knew the Query protocol look for the code in the header.
    response
      .writeHead(status, { ...headers, 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` })
      .end(encode({ __type: code, message, Message: message }));
  }
}
