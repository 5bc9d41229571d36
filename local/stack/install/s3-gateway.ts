import type { Binary } from './binary.ts';

const VERSION = '1.8.0';
const system = { linux: 'Linux', darwin: 'Darwin' }[process.platform as string];
const architecture = { x64: 'x86_64', arm64: 'arm64' }[process.arch as string];
const published = system !== undefined && architecture !== undefined;
const fileName = `versitygw_v${VERSION}_${system ?? ''}_${architecture ?? ''}.tar.gz`;
const releases = `https://github.com/versity/versitygw/releases/download/v${VERSION}`;

/** The S3 gateway: the S3 protocol over a folder of plain files. */
export const s3Gateway: Binary = {
  step: 's3-gateway',
  title: 'S3 gateway',
  name: 'versitygw',
  version: VERSION,
  variable: 'CROSSFOLD_VERSITYGW',
  accepts: (printed) => /\bv?1\.\d+\.\d+/.test(printed),
  release: published
    ? { archive: `${releases}/${fileName}`, checksums: `${releases}/checksums.txt`, fileName, program: 'versitygw' }
    : undefined,
  source: { package: `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`, linker: `-X main.Version=${VERSION}` },
  buildTime: 'about 75 seconds, once',
};
