import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { compact, type JsonObject } from '../json.ts';
import type { CaptureConfig } from './capture-config.ts';

/** A body and its content type. */
interface Content {
  readonly type: string | undefined;
  readonly body: Buffer;
}

/** A request to an endpoint that was answered. */
export interface Exchange {
  readonly input: Content;
  readonly output: Content;
  readonly inferenceId: string | undefined;
  readonly customAttributes: string | undefined;
}

/** The prefix of the objects that hold what was captured in one hour, in UTC. */
export function capturePrefix(destination: string, endpoint: string, variant: string, time: Date): string {
  const hour = time.toISOString().slice(0, 13).replace('T', '-').replaceAll('-', '/');
  return `${destination.replace(/\/$/, '')}/${endpoint}/${variant}/${hour}`;
}

/** The name of an object that begins at a time: minute, second, millisecond, and something of its own. */
export function captureName(time: Date): string {
  return `${time.toISOString().slice(14, 23).replace(/[:.]/g, '-')}-${randomUUID()}.jsonl`;
}

/**
 * A captured exchange as a line of JSON, without its end.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html
 */
export function captureLine(config: CaptureConfig, exchange: Exchange, time: Date): string {
  const modes = config.CaptureOptions.map(({ CaptureMode }) => CaptureMode);
  const captures = (mode: 'Input' | 'Output'): boolean => modes.includes(mode) || modes.includes('InputAndOutput');
  const { input, output, inferenceId, customAttributes } = exchange;
  return JSON.stringify({
    captureData: compact({
      endpointInput: captures('Input') ? captured(config, input, 'INPUT') : undefined,
      endpointOutput: captures('Output') ? captured(config, output, 'OUTPUT') : undefined,
    }),
    eventMetadata: compact({
      eventId: randomUUID(),
      customAttributes: customAttributes === undefined ? undefined : [customAttributes],
      inferenceId,
      inferenceTime: `${time.toISOString().slice(0, 19)}Z`,
    }),
    eventVersion: '0',
  });
}

function captured(config: CaptureConfig, { type, body }: Content, mode: 'INPUT' | 'OUTPUT'): JsonObject {
  const encoding = isUtf8(body) ? encodingOf(config, type) : 'BASE64';
  const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return compact({ observedContentType: type, mode, data, encoding });
}

function encodingOf({ CaptureContentTypeHeader }: CaptureConfig, type: string | undefined): 'CSV' | 'JSON' | 'BASE64' {
  const media = mediaOf(type ?? '');
  const named = (types: readonly string[]): boolean => types.some((each) => mediaOf(each) === media);
  if (named(CaptureContentTypeHeader.CsvContentTypes)) return 'CSV';
  return named(CaptureContentTypeHeader.JsonContentTypes) ? 'JSON' : 'BASE64';
}

/** A content type without its parameters. */
function mediaOf(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}
