import { connect } from 'node:http2';
import { PROBE_TIMEOUT_MS } from './service.ts';

/** The service of a Temporal server whose health is asked: the one that clients and workers call. */
const WORKFLOW_SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';

/** `status: SERVING` as a message of grpc.health.v1: field 1, a varint, of value 1. */
const SERVING = Buffer.from([0x08, 0x01]);

const PREFIX_BYTES = 5;

/**
 * Asks a Temporal server once, by the gRPC health protocol, whether it serves. The SDK's client could ask too, but takes
 * longer to load than the server to start.
 */
export function isServing(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const end = (serving: boolean): void => {
      session.destroy();
      resolve(serving);
    };
    session.once('error', () => {
      end(false);
    });
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.setTimeout(PROBE_TIMEOUT_MS, () => {
      end(false);
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('error', () => {
      end(false);
    });
    request.once('end', () => {
      end(Buffer.concat(chunks).subarray(PREFIX_BYTES).equals(SERVING));
    });
    request.end(frame(WORKFLOW_SERVICE));
  });
}

/** A request whose field 1 is `service`, with gRPC's prefix: not compressed, length in 4 bytes. */
function frame(service: string): Buffer {
  const name = Buffer.from(service);
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
