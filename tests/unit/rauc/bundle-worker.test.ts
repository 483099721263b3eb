import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OpenBundle } from '../../../src/rauc/bundle-tasks';
import { hashBundle } from '../../../src/rauc/hash-bundle';
import { inspectBundle } from '../../../src/rauc/inspect';
import { judgeSignature } from '../../../src/rauc/judge-signature';
import { type BundleSource, fileSource } from '../../../src/rauc/source';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import {
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
  testNow,
} from '../../support/bundle-surgery';
import { startWorker } from '../../support/bundle-worker';
import { bundleWithCertificates } from '../../support/hostile-cms';
import { longestTurn } from '../../support/longest-turn';
import { temporaryFolder } from '../../support/programs';
import { bundleSigner } from '../../support/test-pki';

const profile = async () => profileFor((await bundleSigner()).caPath);
const never = new AbortController().signal;

async function withFile<Result>(
  file: string,
  use: (bundle: OpenBundle, source: BundleSource) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file);
  try {
    const { size: sizeBytes } = await handle.stat();
    return await use({ descriptor: handle.fd, sizeBytes }, fileSource(handle, sizeBytes));
  } finally {
    await handle.close();
  }
}

async function written(bundle: Buffer): Promise<string> {
  const file = path.join(await temporaryFolder(), 'bundle.raucb');
  await writeFile(file, bundle);
  return file;
}

describe('BundleWorker', () => {
  it.each<[string, BundleOptions]>([
    ['verity', {}],
    ['plain', { format: 'plain' }],
  ])('finds what an inspection here finds: %s', async (_name, options) => {
    const worker = startWorker(await profile());
    await withFile((await makeBundle(options)).path, async (bundle, source) => {
      const here = await inspectBundle(source, await profile(), testNow);
      expect(here.verdict).toBe('trusted');
      expect(await worker.inspect(bundle, testNow)).toEqual(here);
      const judgement = await judgeSignature(source, await profile(), testNow);
      expect(await worker.judge(bundle, testNow)).toEqual(judgement);
      expect(await worker.checkImages(bundle, here, never)).toEqual({ state: 'sound' });
      expect(await worker.hash(bundle, never)).toEqual(await hashBundle(source));
    });
  });

  it('brings back what a manifest has under any name', async () => {
    const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
    const manifest = `${await inlineManifest(cms)}\n[meta.__proto__]\n__proto__=x\n`;
    const file = await written(putTogether({ payload, cms: await sign(manifest, await bundleSigner()) }));
    const { manifest: found } = await withFile(file, async (bundle) =>
      startWorker(await profile()).inspect(bundle, testNow),
    );
    expect(JSON.stringify(found?.meta)).toBe('{"__proto__":{"__proto__":"x"}}');
  });

  it('does several things at a time', async () => {
    const worker = startWorker(await profile());
    const files = await Promise.all(['1.0.0', '2.0.0', '3.0.0'].map((version) => makeBundle({ version })));
    const found = await Promise.all(
      files.map(({ path: file }) => withFile(file, (bundle) => worker.inspect(bundle, testNow))),
    );
    expect(found.map(({ manifest }) => manifest?.version)).toEqual(['1.0.0', '2.0.0', '3.0.0']);
  });

  it('rejects with the error of a file that ends early, and goes on', async () => {
    const worker = startWorker(await profile());
    await withFile((await makeBundle()).path, async ({ descriptor, sizeBytes }) => {
      const longer = { descriptor, sizeBytes: sizeBytes + 4096 };
      await expect(worker.inspect(longer, testNow)).rejects.toThrow('the file ended at');
      await expect(worker.inspect({ descriptor, sizeBytes }, testNow)).resolves.toMatchObject({
        verdict: 'trusted',
      });
    });
  });

  it('rejects what its thread did not finish when it dies, and starts another one', async () => {
    const worker = startWorker(await profile(), ['dying-thread.js']);
    await withFile((await makeBundle()).path, async (bundle) => {
      const deadly = { ...bundle, sizeBytes: 1 };
      const asked = [worker.inspect(bundle, testNow), worker.judge(deadly, testNow)];
      for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[])
        expect(reason).toMatchObject({ code: 'unavailable' });
      expect(await worker.inspect(bundle, testNow)).toMatchObject({ verdict: 'trusted' });
    });
  });

  it('ends a check of images that is cancelled, and does the next one', async () => {
    const worker = startWorker(await profile());
    await withFile((await makeBundle({ imageSizeBytes: 80 << 20 })).path, async (bundle, source) => {
      const inspection = await inspectBundle(source, await profile(), testNow);
      const closing = new AbortController();
      const check = worker.checkImages(bundle, inspection, closing.signal);
      closing.abort();
      await expect(check).rejects.toMatchObject({ code: 'unavailable' });
      await expect(worker.checkImages(bundle, inspection, closing.signal)).rejects.toThrow('aborted');
      expect(await worker.checkImages(bundle, inspection, never)).toEqual({ state: 'sound' });
    });
  });

  it('rejects what is asked after it was closed, and what was asked before', async () => {
    const worker = startWorker(await profile());
    await withFile((await makeBundle()).path, async (bundle) => {
      const before = worker.inspect(bundle, testNow);
      const closed = worker.close();
      await expect(before).rejects.toMatchObject({ code: 'unavailable' });
      await closed;
      await expect(worker.judge(bundle, testNow)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('keeps the event loop free while a signature is judged that takes long', async () => {
    const worker = startWorker(await profile());
    const hostile = await bundleWithCertificates(100);
    const hold = await withFile(await written(hostile), (bundle) =>
      longestTurn(async () => {
        expect(await worker.inspect(bundle, testNow)).toMatchObject({ verdict: 'trusted' });
      }),
    );
    const profileHere = await profile();
    const holdHere = await longestTurn(() => inspectBytes(hostile, profileHere));
    expect(hold).toBeLessThan(Math.max(100, holdHere / 3));
  });
});
