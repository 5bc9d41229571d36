import proto from '@temporalio/proto';
import type { TemporalClient } from '../config/temporal.ts';
import { CrossfoldError } from '../core/errors.ts';
import { SEARCH_ATTRIBUTES } from '../core/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const TYPES = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
} as const;

/**
 * Registers what runs can be searched by; what is there is left.
 *
 * @returns the attributes that were not there
 * @throws CrossfoldError SettingsInvalid where the server has one of another type
 */
export async function registerSearchAttributes({ client, namespace }: TemporalClient): Promise<string[]> {
  const { operatorService } = client.connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name, type]) => {
    const found = customAttributes[name];
    if (found !== undefined && found !== TYPES[type]) {
      throw new CrossfoldError(
        'SettingsInvalid',
        `Temporal has the search attribute ${name} with another type than ${type}. Remove it with ` +
          `'temporal operator search-attribute remove --name ${name}', and run this again.`,
      );
    }
    return found === undefined;
  });
  if (missing.length > 0) {
    const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, TYPES[type]]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  }
  return missing.map(([name]) => name);
}
