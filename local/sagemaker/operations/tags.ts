import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Store } from '../store.ts';
import { parsed } from '../parsed.ts';
import { tagsOf, text, type Operations } from './operation.ts';

const keys = z.object({ TagKeys: z.array(z.string()) });

/** Tags of any resource, by its ARN. */
export function tags(store: Store): Operations {
  const requireArn = (arn: string): string => {
    if (!store.hasArn(arn)) throw validation(`Could not find resource "${arn}".`);
    return arn;
  };
  return {
    AddTags(request) {
      const arn = requireArn(text(request, 'ResourceArn'));
      store.tag(arn, tagsOf(request));
      return { Tags: store.tags(arn).map(({ Key, Value }) => ({ Key, Value })) };
    },
    ListTags: (request) => ({
      Tags: store.tags(requireArn(text(request, 'ResourceArn'))).map(({ Key, Value }) => ({ Key, Value })),
    }),
    DeleteTags(request) {
      store.untag(requireArn(text(request, 'ResourceArn')), parsed(keys, request).TagKeys);
      return {};
    },
  };
}
