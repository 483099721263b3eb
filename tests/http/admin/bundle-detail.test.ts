import { makeBundle } from '../../support/bundle-factory';
import { deviceOf } from '../../support/device-factory';
import { installationOf } from '../../support/fleet-factory';
import { type AdminListener, openAdminListener } from './admin-listener';

let admin: AdminListener;
beforeEach(async () => {
  admin = await openAdminListener();
  for (const version of ['1.0.0', '2.0.0']) {
    const { path } = await makeBundle({ compatible: 'board', version });
    await admin.opened.publish(path, { name: `v${version}.raucb` });
  }
});
afterEach(() => admin.close());

const detail = async (name: string) =>
  (await admin.http.get(`/api/bundles/${name}`).expect(200)).body as Record<string, unknown>;
const activate = (name: string, channel: string) =>
  admin.http.post('/api/releases').send({ bundle: name, channel }).expect(201);

describe('a bundle', () => {
  it('says where it is current, and when it ever was', async () => {
    expect(await detail('v1.0.0.raucb')).toMatchObject({ current: [], history: [] });
    await activate('v1.0.0.raucb', 'stable');
    const beta = (await activate('v1.0.0.raucb', 'beta')).body as { id: number };
    await activate('v2.0.0.raucb', 'stable');
    const { current, history } = await detail('v1.0.0.raucb');
    expect(current).toEqual([{ compatible: 'board', channel: 'beta', release_id: beta.id }]);
    const line = { compatible: 'board', activated_at: expect.stringMatching(/Z$/) as string, by: 'local' };
    expect(history).toEqual([
      { ...line, channel: 'beta' },
      { ...line, channel: 'stable' },
    ]);
    await admin.http
      .post('/api/releases/deactivate')
      .send({ compatible: 'board', channel: 'beta' })
      .expect(200);
    expect(await detail('v1.0.0.raucb')).toMatchObject({ current: [], history });
  });

  it('shows types and hooks as RAUC has them, and hints apart from warnings', async () => {
    const head = '[update]\ncompatible=board\nversion=3.0.0\n[bundle]\nformat=verity\n';
    const { path } = await makeBundle({
      manifest: `${head}[hooks]\nfilename=hook.sh\nhooks=install-check\n[image.rootfs]\nfilename=rootfs.img\nhooks=post-install\n[image.boot]\nfilename=b.bin\nhooks=install\n`,
      files: { 'hook.sh': '#!/bin/sh\n', 'b.bin': 'b' },
    });
    await admin.opened.publish(path, { name: 'hooks.raucb' });
    expect(await detail('hooks.raucb')).toMatchObject({
      manifest: { hooks: { filename: 'hook.sh', hooks: ['install-check'] } },
      images: [
        { slot_class: 'rootfs', type: 'raw', hooks: ['post-install'] },
        { slot_class: 'boot', type: null, hooks: ['install'] },
      ],
      warnings: [],
      hints: [{ code: 'no-adaptive-index', message: expect.stringContaining('rootfs.img') as string }],
    });
  });

  it('says which devices have to do with it', async () => {
    const none = { running: 0, installing: 0, pinned: 0, failed: 0 };
    expect(await detail('v2.0.0.raucb')).toMatchObject({ devices: none });
    const { devices } = admin.opened.store;
    const states = ['proven', 'proven', 'downloading', 'offered', 'rolled-back', 'withdrawn'] as const;
    for (const [index, state] of states.entries()) {
      const id = `d${index}`;
      const systemVersion = state === 'proven' ? '2.0.0' : '1.0.0';
      const installation = { deviceId: id, bundleName: 'v2.0.0.raucb', state };
      await devices.write({
        device: deviceOf(id, { facts: { systemVersion } }),
        installations: [installationOf({ ...installation, id: 10 + index })],
      });
    }
    // It failed there before, and is being tried again.
    const again = { deviceId: 'd9', bundleName: 'v2.0.0.raucb' };
    await devices.write({
      device: deviceOf('d9', { pin: { bundleName: 'v2.0.0.raucb', by: 'local', at: new Date() } }),
      installations: [
        installationOf({ ...again, id: 30, state: 'failed' }),
        installationOf({ ...again, id: 31, state: 'installed' }),
      ],
    });
    await devices.write({
      device: deviceOf('x', { facts: { compatible: 'other', systemVersion: '2.0.0' } }),
    });
    expect(await detail('v2.0.0.raucb')).toMatchObject({
      devices: { running: 2, installing: 3, pinned: 1, failed: 1 },
    });
    expect(await detail('v1.0.0.raucb')).toMatchObject({ devices: { ...none, running: 4 } });
  });
});

it('labels are told with how many devices have them, the most frequent first', async () => {
  const { devices } = admin.opened.store;
  expect((await admin.http.get('/api/labels').expect(200)).body).toEqual({ labels: [] });
  for (const [id, labels] of [
    ['a', ['lab', 'site=berlin']],
    ['b', ['lab']],
    ['c', ['beta']],
  ] as const)
    await devices.write({ device: deviceOf(id, { labels }) });
  expect((await admin.http.get('/api/labels').expect(200)).body).toEqual({
    labels: [
      { label: 'lab', devices: 2 },
      { label: 'beta', devices: 1 },
      { label: 'site=berlin', devices: 1 },
    ],
  });
});
