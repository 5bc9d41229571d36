#!/usr/bin/env node
// The command `crossfold`. What it runs is built by `npm run setup`.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const main = join(dirname(import.meta.dirname), 'dist/client/main.js');
if (existsSync(main)) {
  await import(pathToFileURL(main));
} else {
  console.error("crossfold is not built yet; run 'npm run setup' first");
  process.exitCode = 1;
}
