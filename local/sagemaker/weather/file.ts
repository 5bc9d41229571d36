import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CrossfoldError } from '../../../core/errors.ts';
import { forecast, type Forecast } from './forecast.ts';

/**
 * Reads a weather file.
 *
 * @throws CrossfoldError SettingsInvalid, naming the file and each fault in it
 */
export function readForecast(file: string): Forecast {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CrossfoldError('SettingsInvalid', `${file} cannot be read: ${String(error)}`, { cause: error });
  }
  const parsed = forecast.safeParse(document ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`);
  throw new CrossfoldError('SettingsInvalid', faults.join('\n'));
}
