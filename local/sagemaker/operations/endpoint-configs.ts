import { arnOf } from '../arns.ts';
import { requireCapture } from '../endpoints/capture-config.ts';
import { askedVariants, requireConfig } from '../endpoints/config.ts';
import { validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { containerOf } from './models.ts';
import { tagsOf, text, without, type Operations } from './operation.ts';

export function endpointConfigs(store: Store, region: string): Operations {
  return {
    CreateEndpointConfig(request) {
      const name = text(request, 'EndpointConfigName');
      const arn = arnOf(region, 'endpoint-config', name);
      for (const { ModelName } of askedVariants(request)) containerOf(store, ModelName);
      requireCapture(request);
      if (!store.add('endpoint-config', name, arn, 'Created', request, {}, tagsOf(request))) {
        throw validation(`Cannot create already existing endpoint configuration "${arn}".`);
      }
      return { EndpointConfigArn: arn };
    },
    DescribeEndpointConfig(request) {
      const found = requireConfig(store, text(request, 'EndpointConfigName'));
      return { ...without(found.request, 'Tags'), EndpointConfigArn: found.arn, CreationTime: found.created / 1000 };
    },
    ListEndpointConfigs: (request) =>
      page(store, request, { kind: 'endpoint-config', member: 'EndpointConfigs', summarize }),
    DeleteEndpointConfig(request) {
      store.remove('endpoint-config', requireConfig(store, text(request, 'EndpointConfigName')).name);
      return {};
    },
  };
}

function summarize({ name, arn, created }: Resource): JsonObject {
  return { EndpointConfigName: name, EndpointConfigArn: arn, CreationTime: created / 1000 };
}
