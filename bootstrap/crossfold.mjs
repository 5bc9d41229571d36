#!/usr/bin/env node
// The command `crossfold`. What it runs is built by `npm run setup`.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The SDK warns of Node versions that it will drop: crossfold states its own, and pins the SDK's.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const main = join(dirname(import.meta.dirname), 'dist/client/main.js');
if (existsSync(main)) {
  await import(pathToFileURL(main));
} else {
  console.error("crossfold is not built yet; run 'npm run setup' first");
  process.exitCode = 1;
}
