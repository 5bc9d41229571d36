// Installs packages and builds dist/. Run by itself, it only builds.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, runMain } from './child.mjs';
import { Steps } from './steps.mjs';

export const root = dirname(import.meta.dirname);

const SOURCES = ['core', 'workflows', 'activities', 'worker', 'client', 'config', 'local'];
const INPUTS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const stampFile = join(root, 'dist/.stamp');
const packagesStamp = join(root, 'node_modules/.crossfold-stamp');

/** Installs npm packages as the lock file says; nothing where they are. */
export async function installPackages(steps, signal) {
  const wanted = digest([
    readFileSync(join(root, 'package-lock.json')),
    process.version,
    process.platform,
    process.arch,
  ]);
  if (readText(packagesStamp) === wanted) return;
  await steps.run('npm packages', async (say) => {
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'];
    await run('npm', args, { signal, cwd: root, env: { ...nodeHeaders(), ...process.env }, onLine: say });
    writeFileSync(packagesStamp, wanted);
  });
}

/** Tells npm of the headers that came with Node, for a package that it has to compile: it would download them. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}

/** Builds dist/; nothing where it was built from these sources. */
export async function build(steps, signal) {
  const files = SOURCES.flatMap((folder) => listFiles(folder));
  const wanted = digest([...INPUTS, ...files].flatMap((file) => [file, readFileSync(join(root, file))]));
  if (readText(stampFile) === wanted) return;
  await steps.run('build', async (say) => {
    removeOrphans(new Set(files));
    rmSync(stampFile, { force: true });
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
      ...{ signal, cwd: root },
      onLine: say,
    });
    copyData(files);
    say('workflow bundle');
    await run(process.execPath, ['dist/worker/build-bundle.js'], { signal, cwd: root, onLine: say });
    writeFileSync(stampFile, wanted);
  });
}

/** What programs read beside themselves: all that is neither TypeScript nor about the folder. */
function copyData(files) {
  for (const file of files.filter((name) => !/\.(ts|md)$/.test(name))) {
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
    cpSync(join(root, file), join(root, 'dist', file));
  }
}

/** Removes what was built from sources that are gone; an import of it would still work, here alone. */
function removeOrphans(files) {
  for (const folder of SOURCES.filter((name) => existsSync(join(root, 'dist', name)))) {
    for (const file of listFiles(join('dist', folder)).filter((name) => name.endsWith('.js.map'))) {
      const source = file.slice('dist/'.length).replace(/\.js\.map$/, '.ts');
      if (files.has(source)) continue;
      rmSync(join(root, file), { force: true });
      rmSync(join(root, file.replace(/\.map$/, '')), { force: true });
    }
  }
}

function listFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/(^|\/)(__pycache__|\.[^/]+_cache)(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

if (process.argv[1] === import.meta.filename) {
  await runMain(async (signal) => {
    const steps = new Steps();
    try {
      await build(steps, signal);
    } finally {
      steps.close();
    }
  });
}
