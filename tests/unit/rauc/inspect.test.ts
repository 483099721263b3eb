import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectBundle } from '../../../src/rauc/inspect';
import { type BundleSource, bufferSource, fileSource } from '../../../src/rauc/source';
import { makeBundle } from '../../support/bundle-factory';
import { profileFor, putTogether, takeApart, testNow } from '../../support/bundle-surgery';
import { temporaryFolder } from '../../support/programs';

describe('inspectBundle', () => {
  it.each(['verity', 'plain'] as const)('never holds more than a megabyte of a %s bundle', async (format) => {
    const bundle = await makeBundle({ format, imageSizeBytes: 80 << 20 });
    const handle = await open(bundle.path);
    try {
      const file = fileSource(handle, bundle.sizeBytes);
      let largest = 0;
      let running = 0;
      let most = 0;
      const watched: BundleSource = {
        sizeBytes: file.sizeBytes,
        async read(position, length) {
          largest = Math.max(largest, length);
          most = Math.max(most, ++running);
          const piece = await file.read(position, length);
          running--;
          return piece;
        },
      };
      const inspection = await inspectBundle(watched, await profileFor(bundle.keyringPath), testNow);
      expect(inspection.verdict).toBe('trusted');
      expect(largest).toBeLessThanOrEqual(1 << 20);
      expect(most).toBe(1);
    } finally {
      await handle.close();
    }
  });

  it('tells the sizes of the parts, and the same from file and memory', async () => {
    const bundle = await makeBundle();
    const bytes = await readFile(bundle.path);
    const profile = await profileFor(bundle.keyringPath);
    const fromMemory = await inspectBundle(bufferSource(bytes), profile, testNow);
    const handle = await open(bundle.path);
    const fromFile = await inspectBundle(fileSource(handle, bytes.length), profile, testNow);
    await handle.close();
    expect(fromFile).toEqual(fromMemory);
    const { payload, cms } = takeApart(bytes);
    expect(fromFile).toMatchObject({
      sizeBytes: bytes.length,
      payloadSizeBytes: payload.length,
      signatureSizeBytes: cms.length,
    });
  });

  it('does not call a bundle broken because the disk is', async () => {
    const bundle = await makeBundle({ format: 'plain' });
    const bytes = await readFile(bundle.path);
    const profile = await profileFor(bundle.keyringPath);
    for (let failing = 0; failing < 4; failing++) {
      let reads = 0;
      const source: BundleSource = {
        sizeBytes: bytes.length,
        read: (position, length) =>
          reads++ === failing
            ? Promise.reject(new Error('EIO'))
            : Promise.resolve(bytes.subarray(position, position + length)),
      };
      await expect(inspectBundle(source, profile, testNow)).rejects.toThrow('EIO');
    }
  });

  it('rejects when the file becomes shorter while it is read', async () => {
    const bundle = await makeBundle();
    const file = path.join(await temporaryFolder(), 'bundle.raucb');
    await writeFile(file, await readFile(bundle.path));
    const handle = await open(file);
    await truncate(file, 5000);
    const source = fileSource(handle, bundle.sizeBytes);
    await expect(inspectBundle(source, await profileFor(bundle.keyringPath), testNow)).rejects.toThrow();
    await handle.close();
  });

  it.each([
    [2 ** 31, 'plain-too-large'],
    [2 ** 33, 'plain-too-large'],
    [2 ** 40, 'plain-too-large'],
  ])('refuses a plain payload of %d bytes without reading it', async (payloadSize, code) => {
    const bundle = await makeBundle({ format: 'plain' });
    const { cms } = takeApart(await readFile(bundle.path));
    const tail = putTogether({ payload: Buffer.alloc(0), cms });
    const source: BundleSource = {
      sizeBytes: payloadSize + tail.length,
      read: (position, length) =>
        position < payloadSize
          ? Promise.reject(new Error('not to be read'))
          : Promise.resolve(tail.subarray(position - payloadSize, position - payloadSize + length)),
    };
    expect(await inspectBundle(source, await profileFor(bundle.keyringPath), testNow)).toMatchObject({
      verdict: 'broken',
      reasons: [{ code }],
    });
  });

  it('judges many at once as it judges one', async () => {
    const bundle = await makeBundle();
    const bytes = await readFile(bundle.path);
    const profile = await profileFor(bundle.keyringPath);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const copy = Buffer.from(bytes);
        if (i % 2 === 1) copy[i * 100] = (copy[i * 100] ?? 0) ^ 1;
        return inspectBundle(bufferSource(copy), profile, testNow);
      }),
    );
    expect(all.map(({ verdict }) => verdict)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 1 ? 'broken' : 'trusted')),
    );
  });
});
