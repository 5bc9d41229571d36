import type { Binary } from './binary.ts';
import { atLeast, parseVersion } from './version.ts';

const VERSION = '1.5.1';
const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
const published = (process.platform === 'linux' || process.platform === 'darwin') && architecture !== undefined;
const fileName = `temporal_cli_${VERSION}_${process.platform}_${architecture ?? ''}.tar.gz`;
const releases = `https://github.com/temporalio/cli/releases/download/v${VERSION}`;

/** Temporal's command line, which contains the dev server and its Web UI. */
export const temporalCli: Binary = {
  step: 'temporal-cli',
  title: 'Temporal CLI',
  name: 'temporal',
  version: VERSION,
  variable: 'CROSSFOLD_TEMPORAL_CLI',
  accepts(printed) {
    const version = parseVersion(printed);
    return version !== undefined && atLeast(version, [1, 5, 1]);
  },
  release: published
    ? { archive: `${releases}/${fileName}`, checksums: `${releases}/checksums.txt`, fileName, program: 'temporal' }
    : undefined,
  source: {
    package: `github.com/temporalio/cli/cmd/temporal@v${VERSION}`,
    linker: `-X github.com/temporalio/cli/temporalcli.Version=${VERSION}`,
  },
  buildTime: 'about 3 minutes, once',
};
