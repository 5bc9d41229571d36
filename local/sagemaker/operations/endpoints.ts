import { arnOf } from '../arns.ts';
import { captureSummary } from '../endpoints/capture-config.ts';
import { requireConfig } from '../endpoints/config.ts';
import { noSettings } from '../endpoints/deployment-config.ts';
import { describeEndpoint } from '../endpoints/describe.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import { validation } from '../errors.ts';
import { compact, type JsonObject } from '../json.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { orderOf, requireSettings, withDesired } from './endpoint-updates.ts';
import { tagsOf, text, type Operations } from './operation.ts';

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
      const LastDeploymentConfig = request['DeploymentConfig'] ?? null;
      requireSettings(store, config, LastDeploymentConfig);
      const state = { EndpointConfigName: config, LastDeploymentConfig };
      if (!store.add('endpoint', name, arn, 'Creating', request, state, tagsOf(request))) {
        throw validation(`Cannot create already existing endpoint "${arn}".`);
      }
      // A first deployment has nothing that its traffic could move from: its settings are for those that follow.
      endpoints.deploy(name, { config, settings: noSettings, retained: [] });
      return { EndpointArn: arn };
    },
    DescribeEndpoint(request) {
      const found = require(request);
      return compact({ ...describeEndpoint(found), DataCaptureConfig: captureSummary(store, found) });
    },
    ListEndpoints: (request) => page(store, request, { kind: 'endpoint', member: 'Endpoints', summarize }),
    UpdateEndpoint(request) {
      const { name: config } = requireConfig(store, text(request, 'EndpointConfigName'));
      const found = requireSettled(request);
      const { name, arn } = found;
      const { order, kept } = orderOf(store, found, config, request);
      endpoints.deploy(name, order, { status: 'Updating', state: { LastDeploymentConfig: kept } });
      return { EndpointArn: arn };
    },
    UpdateEndpointWeightsAndCapacities(request) {
      const found = requireSettled(request);
      const Variants = withDesired(found, request);
      store.change('endpoint', found.name, { status: 'Updating', state: { Variants } });
      endpoints.settle(found.name);
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

function summarize({ name, arn, status, created, modified }: Resource): JsonObject {
  return {
    ...{ EndpointName: name, EndpointArn: arn, EndpointStatus: status },
    ...{ CreationTime: created / 1000, LastModifiedTime: modified / 1000 },
  };
}
