import { z } from 'zod';
import { arnOf } from '../arns.ts';
import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { packageByName, servedBy } from './model-packages.ts';
import { tagsOf, text, without, type Operations } from './operation.ts';

/** What serves a model: an image, its data, its variables. */
export interface Container {
  readonly Image: string;
  readonly ModelDataUrl: string;
  readonly Environment: Readonly<Record<string, string>>;
}

const container = z.object({
  Image: z.string().optional(),
  ModelDataUrl: z.string().optional(),
  ModelPackageName: z.string().optional(),
  Environment: z.record(z.string(), z.string()).default({}),
});
const model = z.object({ PrimaryContainer: container.optional(), Containers: z.array(container).default([]) });

export function models(store: Store, region: string, images: Images): Operations {
  return {
    CreateModel(request) {
      const name = text(request, 'ModelName');
      const arn = arnOf(region, 'model', name);
      images.require(containerIn(store, request).Image);
      if (!store.add('model', name, arn, 'Created', request, {}, tagsOf(request))) {
        throw validation(`Cannot create already existing model "${arn}".`);
      }
      return { ModelArn: arn };
    },
    DescribeModel(request) {
      const found = requireModel(store, text(request, 'ModelName'));
      return { ...without(found.request, 'Tags'), ModelArn: found.arn, CreationTime: found.created / 1000 };
    },
    ListModels: (request) => page(store, request, { kind: 'model', member: 'Models', summarize: summaryOf }),
    DeleteModel(request) {
      store.remove('model', requireModel(store, text(request, 'ModelName')).name);
      return {};
    },
  };
}

function summaryOf({ name, arn, created }: Resource): JsonObject {
  return { ModelName: name, ModelArn: arn, CreationTime: created / 1000 };
}

/** The container that serves a model. */
export function containerOf(store: Store, name: string): Container {
  return containerIn(store, requireModel(store, name).request);
}

function requireModel(store: Store, name: string): Resource {
  const found = store.get('model', name);
  if (found === undefined) throw validation(`Could not find model "${name}".`);
  return found;
}

function containerIn(store: Store, request: Resource['request']): Container {
  const { PrimaryContainer, Containers } = parsed(model, request);
  const all = PrimaryContainer === undefined ? Containers : [PrimaryContainer, ...Containers];
  const [first, second] = all;
  if (first === undefined) throw validation('A model needs a container: give PrimaryContainer or Containers.');
  if (second !== undefined)
    throw validation('An inference pipeline of several containers is not supported here; give one container.');
  const packaged =
    first.ModelPackageName === undefined ? undefined : servedBy(packageByName(store, first.ModelPackageName));
  const Image = packaged?.Image ?? first.Image;
  const ModelDataUrl = packaged?.ModelDataUrl ?? first.ModelDataUrl;
  if (Image === undefined || ModelDataUrl === undefined)
    throw validation('A container needs Image and ModelDataUrl, or ModelPackageName.');
  return { Image, ModelDataUrl, Environment: { ...packaged?.Environment, ...first.Environment } };
}
