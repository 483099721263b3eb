import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor } from '../../support/bundle-surgery';
import { startWorker } from '../../support/bundle-worker';
import { bundleWithCertificates, bundleWithKey } from '../../support/hostile-cms';
import { longestTurn } from '../../support/longest-turn';
import { makeMismatchedBundle } from '../../support/mismatched-bundle';
import { temporaryFolder } from '../../support/programs';
import { bundleSigner } from '../../support/test-pki';
import { type AdminListener, openAdminListener } from './admin-listener';

/** What goes along with a reason that is not a code. */
const uncoded = { reason_code: null, reason_parameters: null };

let admin: AdminListener;
afterEach(() => admin.close());

const upload = (file: string, name: string) =>
  admin.http.post('/upload').set('Accept', 'application/json').attach('bundle', createReadStream(file), name);
const imageCheck = async (name: string) => {
  const one = (await admin.http.get(`/api/bundles/${name}`).expect(200)).body as { image_check: unknown };
  const { bundles } = (await admin.http.get('/api/bundles').expect(200)).body as {
    bundles: { name: string; image_check: unknown }[];
  };
  expect(bundles.find((bundle) => bundle.name === name)?.image_check).toEqual(one.image_check);
  return one.image_check;
};

/** A server whose bundles are looked into by its real worker. */
async function openWithWorker(): Promise<void> {
  const { caPath } = await bundleSigner();
  const worker = startWorker(await profileFor(caPath));
  admin = await openAdminListener({
    keyringPath: caPath,
    change: ({ now }) => ({
      inspect: (bytes) => worker.inspect(bytes, now()),
      judge: (bytes) => worker.judge(bytes, now()),
      checkImages: (bytes, inspection, signal) => worker.checkImages(bytes, inspection, signal),
    }),
    now: () => new Date('2026-11-15T12:00:00Z'),
  });
}

describe('the images of an upload', () => {
  beforeEach(openWithWorker);

  it('are being checked, and then sound', async () => {
    const answer = await upload((await makeBundle()).path, 'a.raucb').expect(201);
    expect(answer.body).toMatchObject({
      bundle: { verdict: 'trusted', image_check: { state: 'being-checked', files: [], reason: null } },
    });
    await admin.opened.services.checkStoredImages.run();
    expect(await imageCheck('a.raucb')).toEqual({ state: 'sound', files: [], reason: null, ...uncoded });
  });

  it('are named when the manifest does not fit them, and whoever releases them is warned', async () => {
    await upload(await makeMismatchedBundle(), 'bad.raucb').expect(201);
    await admin.opened.services.checkStoredImages.run();
    expect(await imageCheck('bad.raucb')).toEqual({
      ...{ state: 'mismatch', files: ['rootfs.img'], reason: null },
      ...uncoded,
    });
    const warnings = [{ code: 'images-mismatch', message: expect.stringMatching(/rootfs\.img/) as string }];
    const release = { bundle: 'bad.raucb', channel: 'beta' };
    expect((await admin.http.post('/api/releases/preview').send(release).expect(200)).body).toMatchObject({
      warnings,
    });
    expect((await admin.http.post('/api/releases').send(release)).body).toMatchObject({ warnings });
    const activate = admin.http.post('/activate/bad.raucb').set('Accept', 'application/json');
    expect((await activate.expect(200)).body).toMatchObject({ changed: true, warnings });
    const overview = (await admin.http.get('/api/overview').expect(200)).body as { attention: object[] };
    expect(overview.attention).toContainEqual(
      expect.objectContaining({ kind: 'images-mismatch', bundle: 'bad.raucb' }),
    );
  });

  it('are not checked where they cannot be read, and it is said why', async () => {
    await upload((await makeBundle({ mksquashfsArgs: '-comp xz' })).path, 'xz.raucb').expect(201);
    await admin.opened.services.checkStoredImages.run();
    expect(await imageCheck('xz.raucb')).toEqual({
      state: 'not-checked',
      files: [],
      reason: 'the squashfs uses compressor 4, which is not supported here',
      reason_code: 'compressor-unknown',
      reason_parameters: { compressor: 4 },
    });
  });
});

describe('an upload whose signature takes long to judge', () => {
  beforeEach(openWithWorker);

  it.each<[string, () => Promise<Buffer>, number]>([
    ['by its certificates', () => bundleWithCertificates(100), 201],
    ['by the exponent of a key', () => bundleWithKey(16_384, 8 * 55_000), 422],
  ])('does not hold the event loop: %s', async (_name, make, status) => {
    const bundle = await make();
    const file = path.join(await temporaryFolder(), 'hostile.raucb');
    await writeFile(file, bundle);
    await upload((await makeBundle()).path, 'first.raucb').expect(201); // what is loaded once is loaded
    const hold = await longestTurn(() => upload(file, 'hostile.raucb').expect(status));
    const profile = await profileFor((await bundleSigner()).caPath);
    const holdHere = await longestTurn(() => inspectBytes(bundle, profile));
    expect(hold).toBeLessThan(Math.max(100, holdHere / 3));
  });
});
