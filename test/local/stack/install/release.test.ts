import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadRelease, type Release } from '../../../../local/stack/install/release.ts';

let folder: string;
let server: Server;
let files: Map<string, Buffer | string>;
let target: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-release-'));
  target = join(folder, 'tool');
  files = new Map();
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Entry {
  readonly name: string;
  readonly text?: string;
  readonly type?: 'symlink';
  readonly linkname?: string;
}

async function publish(entries: readonly Entry[], checksum?: string): Promise<Release> {
  const archive = pack();
  for (const { text = '', ...header } of entries) archive.entry(header, text);
  archive.finalize();
  const bytes = await buffer(archive.pipe(createGzip()));
  files.set('/a.tar.gz', bytes);
  files.set('/checksums.txt', `${checksum ?? createHash('sha256').update(bytes).digest('hex')}  a.tar.gz\n`);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;
  return { archive: `${base}/a.tar.gz`, checksums: `${base}/checksums.txt`, fileName: 'a.tar.gz', program: 'tool' };
}

describe('a release', () => {
  it('yields its program, executable, from whatever folder of the archive', async () => {
    const release = await publish([
      { name: 'v1/README', text: 'read' },
      { name: 'v1/tool', text: '#!/bin/sh\n' },
    ]);
    await downloadRelease(release, target);
    expect(readFileSync(target, 'utf8')).toBe('#!/bin/sh\n');
    expect(statSync(target).mode & 0o100).toBe(0o100);
    expect(readdirSync(folder)).toEqual(['tool']);
  });

  it('is refused where its checksum differs', async () => {
    const release = await publish([{ name: 'tool', text: 'x' }], 'a'.repeat(64));
    await expect(downloadRelease(release, target)).rejects.toThrow(/has the SHA-256 .* published is a{64}/);
    expect(existsSync(target)).toBe(false);
  });

  it('writes nothing outside of its target, whatever the names and links of the archive', async () => {
    const release = await publish([
      { name: '../escaped', text: 'x' },
      { name: '/tmp/crossfold-escaped', text: 'x' },
      { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'tool', type: 'symlink', linkname: '/bin/sh' },
    ]);
    await expect(downloadRelease(release, target)).rejects.toThrow('the archive holds no file tool');
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync('/tmp/crossfold-escaped')).toBe(false);
  });

  it('says where it could not be fetched from', async () => {
    const release = await publish([{ name: 'tool', text: 'x' }]);
    files.delete('/checksums.txt');
    await expect(downloadRelease(release, target)).rejects.toThrow(`${release.checksums}: HTTP 404`);
  });
});
