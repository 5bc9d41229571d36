import { z } from 'zod';
import { arnOf } from '../arns.ts';
import { captureSummary } from '../endpoints/capture-config.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import { variantsOf } from '../endpoints/endpoints.ts';
import { validation } from '../errors.ts';
import { compact, type JsonObject } from '../json.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { requireConfig } from './endpoint-configs.ts';
import { tagsOf, text, type Operations } from './operation.ts';

const weights = z.object({
  DesiredWeightsAndCapacities: z.array(z.object({ VariantName: z.string(), DesiredWeight: z.number().optional() })),
});

export function endpointOperations(store: Store, region: string, endpoints: Endpoints): Operations {
  const require = (request: JsonObject): Resource => {
    const name = text(request, 'EndpointName');
    const found = store.get('endpoint', name);
    if (found === undefined) throw validation(`Could not find endpoint "${name}".`);
    return found;
  };
  const requireSettled = (request: JsonObject): Resource => {
    const found = require(request);
    if (found.status === 'InService') return found;
    throw validation(`Cannot update in-progress endpoint "${found.arn}": its status is ${found.status}.`);
  };
  return {
    CreateEndpoint(request) {
      const name = text(request, 'EndpointName');
      const { name: config } = requireConfig(store, text(request, 'EndpointConfigName'));
      const arn = arnOf(region, 'endpoint', name);
      if (!store.add('endpoint', name, arn, 'Creating', request, { EndpointConfigName: config }, tagsOf(request))) {
        throw validation(`Cannot create already existing endpoint "${arn}".`);
      }
      endpoints.deploy(name, config);
      return { EndpointArn: arn };
    },
    DescribeEndpoint(request) {
      const found = require(request);
      return compact({ ...describe(found), DataCaptureConfig: captureSummary(store, found) });
    },
    ListEndpoints: (request) => page(store, request, { kind: 'endpoint', member: 'Endpoints', summarize }),
    UpdateEndpoint(request) {
      const { name: config } = requireConfig(store, text(request, 'EndpointConfigName'));
      const { name, arn } = requireSettled(request);
      store.change('endpoint', name, { status: 'Updating' });
      endpoints.deploy(name, config);
      return { EndpointArn: arn };
    },
    UpdateEndpointWeightsAndCapacities(request) {
      const found = requireSettled(request);
      const desired = new Map(
        weights
          .parse(request)
          .DesiredWeightsAndCapacities.map(({ VariantName, DesiredWeight }) => [VariantName, DesiredWeight]),
      );
      const Variants = variantsOf(found).map((each) => ({ ...each, weight: desired.get(each.name) ?? each.weight }));
      store.change('endpoint', found.name, { state: { Variants } });
      return { EndpointArn: found.arn };
    },
    DeleteEndpoint(request) {
      const { name } = require(request);
      store.change('endpoint', name, { status: 'Deleting' });
      endpoints.remove(name);
      return {};
    },
  };
}

function describe(found: Resource): JsonObject {
  const reason = found.state['FailureReason'];
  const variants = variantsOf(found);
  return compact({
    ...{ EndpointName: found.name, EndpointArn: found.arn, EndpointStatus: found.status },
    EndpointConfigName: found.state['EndpointConfigName'],
    ProductionVariants:
      variants.length === 0
        ? undefined
        : variants.map(({ name, weight, instances }) => ({
            ...{ VariantName: name, CurrentWeight: weight, DesiredWeight: weight },
            ...{ CurrentInstanceCount: instances, DesiredInstanceCount: instances },
          })),
    FailureReason: reason === '' ? undefined : reason,
    CreationTime: found.created / 1000,
    LastModifiedTime: found.modified / 1000,
  });
}

function summarize({ name, arn, status, created, modified }: Resource): JsonObject {
  return {
    ...{ EndpointName: name, EndpointArn: arn, EndpointStatus: status },
    ...{ CreationTime: created / 1000, LastModifiedTime: modified / 1000 },
  };
}
