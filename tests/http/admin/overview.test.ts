import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { camelCase } from '../../../src/base/text/field-names';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { DomainError } from '../../../src/core/errors';
import { attentionSentence, isAttentionCode } from '../../../src/core/reasons/attention/sentences';
import type { ReasonParameters } from '../../../src/core/reasons/reason-words';
import type { WebhookStatus } from '../../../src/core/webhook';
import { makeBundle } from '../../support/bundle-factory';
import { deviceOf } from '../../support/device-factory';
import { installationOf } from '../../support/fleet-factory';
import { originalCertificate, originalFolder } from '../../support/original-certificate';
import { bundleSigner } from '../../support/test-pki';
import { SimulatedDevice } from '../../support/simulated-device';
import { storageUsage } from '../../support/storage-usage';
import { type AdminListener, openAdminListener } from './admin-listener';

interface Overview {
  readonly channels: readonly { compatible: string; channel: string; versions: object[]; devices: number }[];
  readonly attention: readonly {
    kind: string;
    count: number;
    message: string;
    reason: string;
    parameters: Readonly<Record<string, unknown>>;
    release_id?: number;
    list?: string;
  }[];
  readonly devices: object;
  readonly first_steps: Readonly<Record<string, boolean>>;
}

const dayMs = 86_400_000;
const person = { name: 'local', address: null };
let at: Date;
let admin: AdminListener;
const now = () => at;
beforeEach(async () => {
  at = new Date('2026-11-02T12:00:00Z');
  admin = await openAdminListener({ now, admin: { now } });
});
afterEach(() => admin.close());

const overview = async () => {
  at = new Date(at.getTime() + 2_000);
  const body = (await admin.http.get('/api/overview').expect(200)).body as Overview;
  for (const item of body.attention) expect(wordsOf(item)).toBe(item.message);
  return body;
};
/** What the page makes of its code and parameters. */
const wordsOf = ({ reason, parameters }: Overview['attention'][number]) =>
  isAttentionCode(reason)
    ? attentionSentence({ code: reason, parameters: camelCase(parameters) as ReasonParameters })
    : null;
/** Ids in the list that an item leads to. */
const idsIn = async (list = '', { http } = admin) => {
  const { devices } = (await http.get(list).expect(200)).body as {
    devices: { id?: string; device?: string }[];
  };
  return devices.map((one) => one.id ?? one.device);
};
const device = (id: string, change: Parameters<typeof deviceOf>[1] = {}) =>
  admin.opened.store.devices.write({ device: deviceOf(id, { lastContactAt: at, ...change }) });
const kinds = async () =>
  (await overview()).attention
    .filter(({ kind }) => kind !== 'storage')
    .map(({ kind, count }) => `${kind} ${count}`);

describe('the overview', () => {
  it('of a new server says that nothing is there yet', async () => {
    expect(await overview()).toMatchObject({
      channels: [],
      devices: { total: 0, seen_last_day: 0, waiting: 0, held: 0 },
      first_steps: {
        has_bundle: false,
        has_release: false,
        has_device_certificate: false,
        has_device: false,
        has_report: false,
      },
    });
  });

  it('follows the first steps to the first proof', async () => {
    const certificates = openCertificateFolder(admin.certsDir, { now });
    await certificates.createCa({});
    await certificates.createDevice({ id: 'a' });
    const made = await makeBundle({ version: '2.0.0' });
    await admin.opened.publish(made.path, { name: 'v2.raucb', activate: true });
    const simulated = new SimulatedDevice(admin.opened.services, 'a', { now });
    await simulated.poll();
    expect((await overview()).first_steps).toEqual({
      has_bundle: true,
      has_release: true,
      has_device_certificate: true,
      has_device: true,
      has_report: false,
    });
    simulated.boot('2.0.0');
    await simulated.poll();
    expect((await overview()).first_steps).toMatchObject({ has_report: true });
  });

  it('takes no step for done before it is: a device made by a person is not heard, a revoked certificate lets nobody in', async () => {
    const certificates = openCertificateFolder(admin.certsDir, { now });
    await certificates.createCa({});
    const { certificate } = await certificates.createDevice({ id: 'a' });
    await admin.http.post('/api/devices').send({ id: 'a' }).expect(201);
    expect((await overview()).first_steps).toMatchObject({ has_device_certificate: true, has_device: false });
    await admin.http.post('/api/revocations').send({ serial: certificate.serial }).expect(200);
    expect((await overview()).first_steps).toMatchObject({ has_device_certificate: false });
    await new SimulatedDevice(admin.opened.services, 'b', { now }).poll();
    at = new Date(at.getTime() + 10 * 86_400_000);
    expect((await overview()).first_steps).toMatchObject({ has_device: true });
  });

  it('counts the devices of each channel by version, and those that run what is current', async () => {
    const { path } = await makeBundle({ compatible: 'board', version: '2.0.0' });
    await admin.opened.publish(path, { name: 'v2.raucb', activate: true });
    await device('a', { facts: { systemVersion: '2.0.0' } });
    await device('b', { facts: { systemVersion: '2.0.0' } });
    await device('c', { facts: { systemVersion: '1.0.0' } });
    await device('d', { channel: 'beta', lastContactAt: new Date(at.getTime() - 2 * dayMs) });
    await device('e', { facts: { compatible: null } });
    const { channels, devices } = await overview();
    expect(devices).toEqual({ total: 5, seen_last_day: 4, waiting: 0, held: 0 });
    expect(channels).toEqual([
      {
        compatible: 'board',
        channel: 'stable',
        release: expect.objectContaining({
          bundle: 'v2.raucb',
          rollout: expect.objectContaining({ step: 1 }) as object,
        }) as object,
        devices: 3,
        versions: [
          { version: '2.0.0', devices: 2 },
          { version: '1.0.0', devices: 1 },
        ],
        on_current: 2,
      },
      {
        compatible: 'board',
        channel: 'beta',
        release: null,
        devices: 1,
        versions: [{ version: null, devices: 1 }],
        on_current: 0,
      },
    ]);
  });

  it('stays short whatever versions devices tell', async () => {
    for (let index = 0; index < 25; index += 1)
      await device(`d${index}`, { facts: { systemVersion: `1.${index}` } });
    const [channel] = (await overview()).channels;
    expect(channel?.versions).toHaveLength(21);
    expect(channel?.versions.at(-1)).toEqual({ version: null, devices: 5 });
  });

  it('is counted at most every two seconds', async () => {
    const first = (await admin.http.get('/api/overview').expect(200)).body as Overview;
    await device('a');
    expect((await admin.http.get('/api/overview').expect(200)).body).toEqual(first);
    expect((await overview()).devices).toMatchObject({ total: 1 });
  });
});

describe('what needs a person', () => {
  it.each(['failed', 'rolled-back', 'rejected', 'lost', 'interrupted'] as const)(
    'is a device whose installation is %s',
    async (state) => {
      const { devices } = admin.opened.store;
      await devices.write({
        device: deviceOf('a'),
        installations: [installationOf({ deviceId: 'a', state })],
      });
      const [item] = (await overview()).attention;
      expect(item).toMatchObject({ kind: state, count: 1, compatible: 'board', channel: 'stable' });
      expect(item?.message).toMatch(/1 device of board \(stable\): a/);
      expect(item).toMatchObject({ devices: ['a'] });
      expect(await idsIn(item?.list)).toEqual(['a']);
      const cleared = installationOf({ deviceId: 'a', state, clearedAt: at });
      await devices.write({ device: deviceOf('a'), installations: [cleared] });
      expect(await kinds()).toEqual([]);
    },
  );

  it('is a device that stopped reading a bundle a day ago, and not one that waits for its reboot since today', async () => {
    const { devices } = admin.opened.store;
    const stopped = (movedAt: Date, clearedAt: Date | null = null) =>
      devices.write({
        device: deviceOf('a'),
        installations: [installationOf({ deviceId: 'a', state: 'stopped', movedAt, clearedAt })],
      });
    const dayAgo = new Date(at.getTime() - dayMs);
    await stopped(new Date(dayAgo.getTime() + 10_000));
    expect(await kinds()).toEqual([]);
    await stopped(dayAgo);
    const [item] = (await overview()).attention;
    expect(item).toMatchObject({ kind: 'stopped', count: 1, compatible: 'board', channel: 'stable' });
    expect(item?.message).toMatch(
      /1 device of board \(stable\) stopped.*reboot the device, or cancel the installation/,
    );
    await stopped(dayAgo, at);
    expect(await kinds()).toEqual([]);
  });

  it('is a lost device, of which it says at once that its certificate is revoked', async () => {
    await openCertificateFolder(admin.certsDir, { now }).createCa({});
    const state = 'lost';
    await admin.opened.store.devices.write({
      device: deviceOf('a'),
      installations: [installationOf({ deviceId: 'a', state })],
    });
    const lost = async () =>
      ((await admin.http.get('/api/overview').expect(200)).body as Overview).attention[0];
    expect(await lost()).toMatchObject({ kind: 'lost', devices: ['a'], revoked: [] });
    await admin.http.post('/api/revocations').send({ serial: 'ab', device: 'a' }).expect(200);
    expect(await lost()).toMatchObject({
      revoked: ['a'],
      message: expect.stringContaining('forget the device if it will not come back') as string,
    });
  });

  it('is a device that waits, or is held', async () => {
    await device('a', { admission: 'waiting' });
    await device('b', { hold: { reason: '', by: 'local', at } });
    await device('c', { hold: { reason: '', by: 'local', at } });
    expect(await kinds()).toEqual(['waiting 1', 'held 2']);
  });

  it('is a rollout that is paused, with its reason', async () => {
    const { path } = await makeBundle({ compatible: 'board', version: '2.0.0' });
    await admin.opened.publish(path, { name: 'v2.raucb', activate: true });
    const [release] = admin.opened.services.manageRollouts.list();
    await admin.opened.services.manageRollouts.pause(release?.id ?? 0, 'it smells', person);
    expect((await overview()).attention[0]).toMatchObject({
      kind: 'paused-rollout',
      release_id: release?.id,
      compatible: 'board',
      message: 'The rollout of v2.raucb to board (stable) is paused: it smells.',
    });
  });

  it('is a signer that expires within 30 days, or has expired, of what is current or pinned', async () => {
    const signer = await bundleSigner('expires-soon'); // at the end of 2026
    await admin.close();
    admin = await openAdminListener({ now, keyringPath: signer.caPath, admin: { now } });
    const { services } = admin.opened;
    const { path } = await makeBundle({ compatible: 'board', version: '2.0.0', signer });
    await admin.opened.publish(path, { name: 'current.raucb', activate: true });
    for (const name of ['pinned.raucb', 'neither.raucb']) await admin.opened.publish(path, { name });
    await device('a');
    await services.manageDevices.pin('a', 'pinned.raucb', person);
    at = new Date('2026-12-01T12:00:00Z');
    await device('a'); // it goes on asking
    expect(await kinds()).toEqual([]);
    at = new Date('2026-12-02T12:00:00Z');
    expect((await overview()).attention).toMatchObject([
      {
        kind: 'signer-expiring',
        bundle: 'current.raucb',
        message: expect.stringMatching(/in 29 days/) as string,
      },
      { kind: 'signer-expiring', bundle: 'pinned.raucb' },
    ]);
    at = new Date('2027-01-02T12:00:00Z');
    await device('a');
    await services.judgeBundles.run();
    await services.runHousekeeping();
    expect(await kinds()).toEqual([
      'paused-rollout 1',
      'bundle-untrusted 1',
      'signer-expiring 1',
      'signer-expiring 1',
    ]);
  });

  it('is a CA that expires, with all certificates under it', async () => {
    const certificates = openCertificateFolder(admin.certsDir, { now });
    await certificates.createCa({ days: 29 });
    expect(await kinds()).toEqual(['ca-certificate-expiring 1']);
  });

  it('is a certificate that expires, but not one that was renewed, revoked or forgotten', async () => {
    const certificates = openCertificateFolder(admin.certsDir, { now });
    await certificates.createCa({});
    for (const id of ['a', 'b', 'c']) await certificates.createDevice({ id, days: 20 });
    await certificates.createServer({ names: ['localhost'], ips: [], days: 20 });
    expect(await kinds()).toEqual(['server-certificate-expiring 1', 'certificate-expiring 3']);
    await certificates.createServer({ names: ['localhost'], ips: [], force: true });
    await certificates.createDevice({ id: 'b', force: true });
    await certificates.revoke({ which: 'c' });
    const [item] = (await overview()).attention.filter(({ kind }) => kind === 'certificate-expiring');
    expect(item).toMatchObject({ count: 1, devices: ['a'] });
    expect(await idsIn(item?.list)).toEqual(['a']);
    at = new Date(at.getTime() + 25 * dayMs);
    expect(await kinds()).toEqual(['certificate-expiring 1']);
    at = new Date(at.getTime() + 60 * dayMs);
    expect(await kinds()).toEqual([]);
  });

  it('is a device whose certificate does not say what it is for, until it has another, with how to renew it', async () => {
    const certsDir = await originalFolder();
    const certificates = openCertificateFolder(certsDir, { now });
    const seen = ['met-1'];
    const other = await openAdminListener({
      ...{ now, admin: { now }, certsDir },
      administration: () => ({ oldCertificates: () => seen }),
    });
    const old = await originalCertificate(certsDir, 'filed-1');
    await mkdir(path.join(certsDir, 'devices'));
    await copyFile(old.cert, path.join(certsDir, 'devices', 'filed-1.crt'));
    const items = async () => {
      at = new Date(at.getTime() + 2_000);
      const described = (await other.http.get('/api/overview').expect(200)).body as Overview;
      return described.attention.filter(({ kind }) => kind === 'old-certificate');
    };
    at = new Date(); // openssl knows no other time
    const [item] = await items();
    expect(item).toMatchObject({ count: 2, devices: ['filed-1', 'met-1'], renewed: [] });
    expect(await idsIn(item?.list, other)).toEqual(['filed-1']); // of the other one the folder has none
    for (const words of ['filed-1', 'met-1', 'cert device', 'OLD_CERTIFICATES'])
      expect(item?.message).toContain(words);
    await certificates.createDevice({ id: 'filed-1', force: true });
    expect((await items()).map(({ count }) => count)).toEqual([1]);
    await certificates.createDevice({ id: 'met-1' });
    const [renewed] = await items();
    expect(renewed).toMatchObject({ count: 1, devices: ['met-1'], renewed: ['met-1'] });
    expect(renewed?.message).toContain('A new one was issued for met-1');
    expect(await idsIn(renewed?.list, other)).toEqual(['met-1']);
    seen.pop();
    expect(await items()).toEqual([]);
    await other.close();
  });

  it('is a webhook that fails, and a disk that has no room for the next bundle', async () => {
    await admin.close();
    const failing = { name: 'chat', isEnabled: true, failingSince: at, waiting: 1 };
    const webhooks = [failing, { ...failing, isEnabled: false }, { ...failing, failingSince: null }];
    let freeBytes = 2 ** 30;
    admin = await openAdminListener({
      now,
      admin: { now },
      administration: ({ services, store }) => ({
        services: {
          ...services,
          manageWebhooks: {
            ...services.manageWebhooks,
            list: () => Promise.resolve(webhooks as WebhookStatus[]),
          },
        },
        store: {
          ...store,
          measureStorage: () => Promise.resolve(storageUsage(freeBytes, { outside: 5 << 20 })),
        },
      }),
    });
    const all = async () => (await overview()).attention.map(({ kind, message }) => [kind, message]);
    expect(await all()).toEqual([['webhook-failing', 'Cannot deliver events to chat.']]);
    freeBytes -= 1;
    expect((await all())[1]).toEqual([
      'storage',
      expect.stringMatching(/^1023 MiB are left .*outside the data folder, such as logs \(5 MiB\)\./),
    ]);
  });

  it('is a disk that takes no writes, on the page, in probes and metrics, until it does', async () => {
    await admin.close();
    let problem: DomainError | null = null;
    admin = await openAdminListener({
      now,
      admin: { now },
      changeStore: ({ writability }) => ({ writability: { ...writability, problem: () => problem } }),
    });
    const words = async () => ({
      attention: (await overview()).attention.filter(({ kind }) => kind === 'storage-unwritable').length,
      health: ((await admin.http.get('/health').expect(200)).body as { storage: string }).storage,
      metrics: /^rauc_storage_writable (\d)$/m.exec((await admin.http.get('/metrics')).text)?.[1],
    });
    expect(await words()).toEqual({ attention: 0, health: 'writable', metrics: '1' });
    problem = new DomainError('storage-full', 'the disk is full');
    expect(await words()).toEqual({ attention: 1, health: 'full', metrics: '0' });
    problem = new DomainError('unavailable', 'the data folder is read-only');
    expect(await words()).toEqual({ attention: 1, health: 'unwritable', metrics: '0' });
  });

  it('is a webhook for which so much waits that later events stay in the journal', async () => {
    await admin.close();
    const full = { name: 'chat', isEnabled: true, failingSince: null, waiting: 1_000 };
    const webhooks = [full, { ...full, isEnabled: false }, { ...full, name: 'ops', waiting: 999 }];
    admin = await openAdminListener({
      now,
      admin: { now },
      administration: ({ services }) => ({
        services: {
          ...services,
          manageWebhooks: {
            ...services.manageWebhooks,
            list: () => Promise.resolve(webhooks as WebhookStatus[]),
          },
        },
      }),
    });
    expect((await overview()).attention).toMatchObject([
      { kind: 'webhook-full', count: 1, message: expect.stringContaining('are waiting for chat;') as string },
    ]);
  });

  it('is a clock that runs backwards, on the page, in probes and metrics, until it is right again', async () => {
    let setBackMs = 0;
    const monotonicMs = () => at.getTime();
    const wall = () => new Date(at.getTime() - setBackMs);
    await admin.close();
    admin = await openAdminListener({ now: wall, monotonicMs, admin: { now: wall } });
    const words = async () => ({
      attention: (await overview()).attention.filter(({ kind }) => kind === 'clock'),
      health: (await admin.http.get('/health').expect(200)).body as { clock: string },
      metrics: /^rauc_server_clock_wrong\{why="behind"\} (\d)$/m.exec(
        (await admin.http.get('/metrics')).text,
      )?.[1],
      log: admin.opened.log.filter(({ message }) => message.startsWith("the server's clock")),
    });
    expect(await words()).toMatchObject({ attention: [], health: { clock: 'right' }, metrics: '0', log: [] });
    setBackMs = 3.5 * 3_600_000;
    await admin.opened.services.runHousekeeping();
    const wrong = await words();
    expect(wrong).toMatchObject({ attention: [{ count: 1 }], health: { clock: 'behind' }, metrics: '1' });
    expect(wrong.attention[0]?.message).toContain('is 3 hours behind');
    expect(wrong.log).toMatchObject([{ level: 'error', facts: { clock: 'behind' } }]);
    setBackMs = 0;
    await admin.opened.services.runHousekeeping();
    const right = await words();
    expect(right).toMatchObject({ attention: [], health: { clock: 'right' }, metrics: '0' });
    expect(right.log.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('is a clock that jumped forward, until a person says that it is right', async () => {
    let aheadMs = 0;
    const wall = () => new Date(at.getTime() + aheadMs);
    await admin.close();
    admin = await openAdminListener({ now: wall, monotonicMs: () => at.getTime(), admin: { now: wall } });
    const items = async () => (await overview()).attention.filter(({ kind }) => kind === 'clock');
    await items();
    aheadMs = 400 * dayMs;
    const [item] = await items();
    expect(item).toMatchObject({ kind: 'clock', count: 1 });
    const { subjects } = item as unknown as { readonly subjects: readonly string[] };
    await admin.http.post('/api/attention/dismiss').send({ kind: 'clock', subjects }).expect(200);
    expect(await items()).toEqual([]);
    await admin.opened.services.runHousekeeping();
    expect((await admin.http.get('/health')).body).toMatchObject({ clock: 'right' });
    expect(await items()).toEqual([]);
  });
});
