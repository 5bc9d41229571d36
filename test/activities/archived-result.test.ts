import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { readArchived } from '../../activities/jobs/archived-result.ts';

async function archiveOf(...entries: { name: string; text?: string; linkname?: string }[]): Promise<Readable> {
  const tar = pack();
  for (const { name, text = '', linkname } of entries) {
    if (linkname === undefined) tar.entry({ name }, text);
    else tar.entry({ name, type: 'symlink', linkname });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Readable.from([gzipSync(Buffer.concat(chunks))]);
}

describe('a file in an archive', () => {
  test('is read, wherever it stands', async () => {
    const archive = await archiveOf(
      { name: 'predictions.parquet', text: 'x'.repeat(100_000) },
      { name: './result.json', text: '{}' },
    );
    expect(await readArchived(archive, 'result.json')).toBe('{}');
  });

  test('that is not there is undefined', async () => {
    expect(await readArchived(await archiveOf({ name: 'other', text: '' }), 'result.json')).toBeUndefined();
  });

  test('is not followed where it is a link', async () => {
    const archive = await archiveOf({ name: 'result.json', linkname: '/etc/passwd' });
    expect(await readArchived(archive, 'result.json')).toBeUndefined();
  });

  test('is refused when it is far too large, and when the archive is damaged', async () => {
    const large = await archiveOf({ name: 'result.json', text: 'x'.repeat(17 * 1024 * 1024) });
    await expect(readArchived(large, 'result.json')).rejects.toMatchObject({ code: 'ResultMissing' });
    await expect(readArchived(Readable.from([Buffer.from('no gzip')]), 'result.json')).rejects.toMatchObject({
      code: 'ResultMissing',
    });
  });
});
