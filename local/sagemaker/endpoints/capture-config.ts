import { z } from 'zod';
import { validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import type { Resource, Store } from '../store.ts';

const config = z.object({
  EnableCapture: z.boolean().default(true),
  InitialSamplingPercentage: z.number(),
  DestinationS3Uri: z.string(),
  KmsKeyId: z.string().default(''),
  CaptureOptions: z.array(z.object({ CaptureMode: z.enum(['Input', 'Output', 'InputAndOutput']) })),
  CaptureContentTypeHeader: z
    .object({ CsvContentTypes: z.array(z.string()).default([]), JsonContentTypes: z.array(z.string()).default([]) })
    .prefault({}),
});
const endpointConfig = z.object({ DataCaptureConfig: config.optional() });

/** What of an endpoint's requests is captured, and where it goes. */
export type CaptureConfig = z.infer<typeof config>;

/** @throws ServiceError ValidationException for a destination that is not in S3 as it is here */
export function requireCapture(request: JsonObject): void {
  const uri = parsed(endpointConfig, request).DataCaptureConfig?.DestinationS3Uri ?? 's3://';
  if (!uri.startsWith('s3://')) throw validation('DataCaptureConfig.DestinationS3Uri must be an s3:// URI here.');
}

/** The capture that an endpoint's present config asks for; undefined where it asks for none. */
export function captureConfigOf(store: Store, endpoint: Resource): CaptureConfig | undefined {
  const name = endpoint.state['EndpointConfigName'];
  const found = typeof name === 'string' ? store.get('endpoint-config', name) : undefined;
  return found === undefined ? undefined : endpointConfig.parse(found.request).DataCaptureConfig;
}

/** DescribeEndpoint's DataCaptureConfig. */
export function captureSummary(store: Store, endpoint: Resource): JsonObject | undefined {
  const asked = captureConfigOf(store, endpoint);
  if (asked === undefined) return undefined;
  return {
    EnableCapture: asked.EnableCapture,
    CaptureStatus: asked.EnableCapture ? 'Started' : 'Stopped',
    CurrentSamplingPercentage: asked.InitialSamplingPercentage,
    DestinationS3Uri: asked.DestinationS3Uri,
    KmsKeyId: asked.KmsKeyId,
  };
}
