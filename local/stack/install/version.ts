/** A version as numbers, most significant first. */
export type Version = readonly number[];

/** The first version in a text such as `temporal version 1.5.1 (Server 1.29.1)`. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch = '0'] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [major, minor, patch].map(Number);
}

/** Whether `version` is `least` or later. */
export function atLeast(version: Version, least: Version): boolean {
  for (const [index, wanted] of least.entries()) {
    const found = version[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
