import { mkdir, open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { BundleFolder } from '../../../../src/store/files/bundle-folder';
import { ObeyingUploads } from '../../../support/obeying-uploads';
import { mustRun, temporaryFolder } from '../../../support/programs';

/** `npm run test:hawkbit` sets it beyond 4 GiB, where a length of 32 bits ends. CI has no time for that. */
const sizeBytes = Number(process.env['UPLOAD_MIB'] ?? 9) * (1 << 20) + 12_345;

jest.setTimeout(10 * 60_000);

/** A file that takes no space: zeros, with other bytes at its ends and between. */
async function makeSparseFile(folder: string): Promise<string> {
  const file = path.join(folder, 'sparse.bin');
  const handle = await open(file, 'w');
  await handle.truncate(sizeBytes);
  for (const at of [0, Math.floor(sizeBytes / 2), sizeBytes - 9])
    await handle.write(`mark ${at}`.slice(0, 9), at);
  await handle.truncate(sizeBytes);
  await handle.close();
  return file;
}

it.each(['threads', 'no threads'])(
  'an upload has the hashes that other programs compute of it, in lower case, with %s',
  async (how) => {
    const made = await temporaryFolder();
    const folder = path.join(made, 'bundles');
    await mkdir(folder);
    const file = await makeSparseFile(made);
    const uploadThreads = how === 'threads' ? new ObeyingUploads(folder).threads() : undefined;
    const storage = new BundleFolder({ folder, newName: randomUUID, known: [], uploadThreads });
    try {
      const content = createReadStream(file, { highWaterMark: 1 << 20 });
      const staged = await storage.stage(content, { limitBytes: sizeBytes });
      const { sha256, weakHashes, sizeBytes: written } = staged;
      await staged.discard();
      const [sha1, md5, strong] = await Promise.all(
        ['sha1sum', 'md5sum', 'sha256sum'].map(async (program) => {
          const { stdout } = await mustRun(program, [file]);
          return stdout.split(' ')[0];
        }),
      );
      expect({ sha256, weakHashes, written }).toEqual({
        sha256: strong,
        weakHashes: { sha1, md5 },
        written: sizeBytes,
      });
      expect([sha256, weakHashes.sha1, weakHashes.md5].join('')).toMatch(/^[0-9a-f]+$/);
    } finally {
      await storage.close();
    }
  },
);
