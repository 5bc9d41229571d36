import { z } from 'zod';
import { arnOf } from '../arns.ts';
import { ServiceError, validation } from '../errors.ts';
import { compact, type JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import type { Container } from './models.ts';
import { pick, tagsOf, text, without, type Operations } from './operation.ts';

const created = z.object({ ModelPackageGroupName: z.string(), ClientToken: z.string().optional() });
const properties = z.record(z.string(), z.string()).default({});
const changed = z.object({
  CustomerMetadataProperties: properties,
  CustomerMetadataPropertiesToRemove: z.array(z.string()).default([]),
});
const inference = z.object({
  InferenceSpecification: z.object({
    Containers: z.array(
      z.object({
        Image: z.string(),
        ModelDataUrl: z.string(),
        Environment: z.record(z.string(), z.string()).default({}),
      }),
    ),
  }),
});

/** The registry: groups, and in each the versions of a model. */
export function modelPackages(store: Store, region: string): Operations {
  return {
    CreateModelPackageGroup(request) {
      const name = text(request, 'ModelPackageGroupName');
      const arn = arnOf(region, 'model-package-group', name);
      if (!store.add('model-package-group', name, arn, 'Completed', request, {}, tagsOf(request))) {
        throw validation(`Model Package Group already exists: ${arn}`);
      }
      return { ModelPackageGroupArn: arn };
    },
    DescribeModelPackageGroup: (request) => describeGroup(requireGroup(store, text(request, 'ModelPackageGroupName'))),
    ListModelPackageGroups: (request) =>
      page(store, request, {
        kind: 'model-package-group',
        member: 'ModelPackageGroupSummaryList',
        summarize: (group) => without(describeGroup(group), 'CreatedBy'),
      }),
    DeleteModelPackageGroup(request) {
      const group = requireGroup(store, text(request, 'ModelPackageGroupName'));
      if (versionsOf(store, group.name).length > 0) {
        throw new ServiceError('ConflictException', `Model Package Group ${group.arn} still has model packages.`);
      }
      store.remove('model-package-group', group.name);
      return {};
    },

    CreateModelPackage(request) {
      const parsed = created.safeParse(request);
      if (!parsed.success) throw validation('A model package needs a ModelPackageGroupName here.');
      const { ModelPackageGroupName, ClientToken } = parsed.data;
      const group = requireGroup(store, ModelPackageGroupName);
      const versions = versionsOf(store, group.name);
      const same = versions.find(({ state }) => ClientToken !== undefined && state['ClientToken'] === ClientToken);
      if (same !== undefined) return { ModelPackageArn: same.arn };
      const version =
        1 +
        Math.max(
          Number(group.state['LastVersion'] ?? 0),
          ...versions.map(({ state }) => Number(state['ModelPackageVersion'])),
        );
      const name = `${group.name}/${version}`;
      const arn = arnOf(region, 'model-package', name);
      const state = compact({
        ModelPackageVersion: version,
        ModelApprovalStatus: request['ModelApprovalStatus'] ?? 'PendingManualApproval',
        ...pick(request, 'CustomerMetadataProperties'),
        ClientToken,
      });
      store.add(
        'model-package',
        name,
        arn,
        'Completed',
        { ...without(request, 'Tags', 'ClientToken'), ModelPackageGroupName: group.name },
        state,
        tagsOf(request),
      );
      store.change('model-package-group', group.name, { state: { LastVersion: version } });
      return { ModelPackageArn: arn };
    },
    DescribeModelPackage: (request) => describePackage(packageByName(store, text(request, 'ModelPackageName'))),
    ListModelPackages(request) {
      const named = request['ModelPackageGroupName'];
      const group = typeof named === 'string' ? requireGroup(store, named).name : undefined;
      const approval = request['ModelApprovalStatus'];
      const member = {
        ...(group !== undefined && { group }),
        ...(typeof approval === 'string' && { approval }),
      };
      const list = { kind: 'model-package', member: 'ModelPackageSummaryList', summarize: summarizePackage } as const;
      return page(store, request, { ...list, query: { member } });
    },
    UpdateModelPackage(request) {
      const found = packageByName(store, text(request, 'ModelPackageArn'));
      const { CustomerMetadataProperties: added, CustomerMetadataPropertiesToRemove: dropped } = parsed(
        changed,
        request,
      );
      const kept = Object.entries(properties.parse(found.state['CustomerMetadataProperties']));
      store.change('model-package', found.name, {
        state: {
          ...pick(request, 'ModelApprovalStatus', 'ApprovalDescription'),
          CustomerMetadataProperties: {
            ...Object.fromEntries(kept.filter(([name]) => !dropped.includes(name))),
            ...added,
          },
        },
      });
      return { ModelPackageArn: found.arn };
    },
    DeleteModelPackage(request) {
      store.remove('model-package', packageByName(store, text(request, 'ModelPackageName')).name);
      return {};
    },
  };
}

/** A model package by its ARN or by `group/version`. */
export function packageByName(store: Store, name: string): Resource {
  const found = store.get('model-package', name.replace(/^arn:[^/]*\//, ''));
  if (found === undefined) throw validation(`Could not find model package "${name}".`);
  return found;
}

/** What serves a model package; only an approved one may be served. */
export function servedBy(found: Resource): Container {
  if (found.state['ModelApprovalStatus'] !== 'Approved') {
    throw validation(
      `Model package "${found.arn}" is not approved: its status is ${JSON.stringify(found.state['ModelApprovalStatus'])}.`,
    );
  }
  const [first] = inference.parse(found.request).InferenceSpecification.Containers;
  if (first === undefined) throw validation(`Model package "${found.arn}" has no container.`);
  return first;
}

function requireGroup(store: Store, name: string): Resource {
  const found = store.get('model-package-group', name.replace(/^arn:[^/]*\//, ''));
  if (found === undefined) throw validation(`Model Package Group "${name}" does not exist.`);
  return found;
}

function versionsOf(store: Store, group: string): Resource[] {
  return store.find('model-package', { member: { group } });
}

/** A group as DescribeModelPackageGroup tells it. */
export function describeGroup({ name, arn, status, created: time, request }: Resource): JsonObject {
  return {
    ...{ ModelPackageGroupName: name, ModelPackageGroupArn: arn, ModelPackageGroupStatus: status },
    ...{ CreationTime: time / 1000, CreatedBy: {} },
    ...pick(request, 'ModelPackageGroupDescription'),
  };
}

/** A version as DescribeModelPackage tells it. */
export function describePackage(found: Resource): JsonObject {
  return {
    ...found.request,
    ...without(found.state, 'ClientToken'),
    ...{ ModelPackageArn: found.arn, ModelPackageName: found.name, ModelPackageStatus: found.status },
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    CreationTime: found.created / 1000,
    LastModifiedTime: found.modified / 1000,
  };
}

function summarizePackage(found: Resource): JsonObject {
  return {
    ...pick(
      describePackage(found),
      'ModelPackageGroupName',
      'ModelPackageVersion',
      'ModelPackageArn',
      'ModelPackageDescription',
    ),
    ...{ CreationTime: found.created / 1000, ModelPackageStatus: found.status },
    ...pick(found.state, 'ModelApprovalStatus'),
  };
}
