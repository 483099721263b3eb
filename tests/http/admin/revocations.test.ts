import { readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import type { CertificateFolder } from '../../../src/ports/certificates';
import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';
import { person } from '../../support/released-fleet';
import { SimulatedDevice } from '../../support/simulated-device';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');

let admin: AdminListener;
let folder: CertificateFolder;
/** `far` came with a certificate that was made elsewhere. */
let serial: string;
let pem: string;
let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener({ now, admin: { now, serverUrl: 'https://updates.test:8443' } });
  folder = openCertificateFolder(admin.certsDir, { now });
  await folder.createCa({});
  await folder.createServer({ names: ['updates.test'], ips: [] });
  const outDir = await temporaryFolder();
  ({ serial } = (await folder.createDevice({ id: 'far', outDir })).certificate);
  pem = await readFile(path.join(outDir, 'far.crt'), 'utf8');
  await unlink(path.join(admin.certsDir, 'issued.jsonl'));
});
afterEach(() => admin.close());

const meet = (of = serial) =>
  new SimulatedDevice(admin.opened.services, 'far', { now, certificateSerial: of }).poll();
const revoke = (body: object) => admin.http.post('/api/revocations').send(body);
const list = async (query = '') =>
  (await admin.http.get(`/api/revocations${query}`).expect(200)).body as {
    revocations: { serial: string; device: string | null }[];
    total: number;
    next: string | null;
  };
const journal = async () =>
  (await admin.opened.services.readJournal.search({ kinds: ['certificate.'] }, { limit: 100 })).events;
const device = async () => (await admin.http.get('/api/devices/far').expect(200)).body as object;
const run = (...args: string[]) => runCommand([...args, '--server', admin.url], { cwd });

describe('revoking a certificate that was made elsewhere', () => {
  it('works by the device that uses it now, of several the last one', async () => {
    await meet('123');
    await meet();
    const answer = await revoke({ device: 'far', reason: 'stolen' }).expect(200);
    expect(answer.body).toEqual({ device: 'far', serial, revoked_at: now().toISOString(), reason: 'stolen' });
    expect(await journal()).toMatchObject([
      { kind: 'certificate.revoked', subject: { deviceId: 'far' }, after: { serial, reason: 'stolen' } },
    ]);
    expect(await device()).toMatchObject({
      certificates: [
        { serial: '123', revoked_at: null },
        { serial, revoked_at: now().toISOString() },
      ],
    });
  });

  it('removes the token of the device that is meant, now or at the second try', async () => {
    await meet();
    const { deviceTokens } = admin.opened.services;
    const holder = { kind: 'device', id: 'far' } as const;
    for (const reason of ['stolen', 'again']) {
      const { token } = await deviceTokens.create(holder, {}, person);
      expect(await deviceTokens.check(holder, token)).toBe(true);
      await revoke({ serial }).expect(200); // means the certificate alone
      expect(await deviceTokens.check(holder, token)).toBe(true);
      await revoke({ device: 'far', reason }).expect(200);
      expect(await deviceTokens.check(holder, token)).toBe(false);
    }
    await revoke({ device: 'far' }).expect(200); // without a token
  });

  it('works by the certificate itself', async () => {
    expect((await revoke({ certificate: pem }).expect(200)).body).toMatchObject({ device: 'far', serial });
  });

  it('works by its serial, seen or not, with a name or without one', async () => {
    expect((await revoke({ serial: '00:AB' }).expect(200)).body).toMatchObject({
      device: null,
      serial: 'ab',
    });
    expect((await revoke({ serial, device: 'far' }).expect(200)).body).toMatchObject({
      device: 'far',
      serial,
    });
    expect((await journal()).map(({ subject }) => subject.deviceId)).toEqual(['far', null]);
  });

  it('twice changes nothing, and has one line in the journal', async () => {
    const first = await revoke({ serial, reason: 'stolen' }).expect(200);
    expect((await revoke({ serial, reason: 'again' }).expect(200)).body).toEqual(first.body);
    expect(await journal()).toHaveLength(1);
  });

  it('of a device that nobody knows is not found, of one that never came is a conflict', async () => {
    expect((await revoke({ device: 'nobody' }).expect(404)).body).toMatchObject({ code: 'not-found' });
    await admin.http.post('/api/devices').send({ id: 'new' }).expect(201);
    expect((await revoke({ device: 'new' }).expect(409)).body).toMatchObject({
      code: 'conflict',
      remedy: expect.any(String) as string,
    });
  });

  it.each([
    {},
    { reason: 'x' },
    { serial: 'xyz' },
    { serial: '' },
    { serial: 'a'.repeat(65) },
    { serial: 'ab', certificate: 'x' },
    { device: 'far', certificate: 'x' },
    { certificate: 'nothing of use' },
    { certificate: 'x'.repeat(32_769) },
    { serial: 'ab', device: '../server' },
    { serial: 'ab', reason: 'two\nlines' },
    { serial: 'ab', colour: 'red' },
  ])('is refused with %j', async (body) => {
    expect((await revoke(body).expect(400)).body).toMatchObject({ code: 'invalid-input' });
    expect(await list()).toMatchObject({ total: 0 });
  });

  it('refuses the certificate of the CA', async () => {
    const ca = await readFile(path.join(admin.certsDir, 'ca.crt'), 'utf8');
    await revoke({ certificate: ca }).expect(400);
  });

  it('is for administrators, and the list for readers', async () => {
    const { certsDir } = admin;
    await admin.close();
    admin = await openAdminListener({ now, certsDir, admin: { now, requireToken: true } });
    const make = async (scope: 'read' | 'publish' | 'admin') =>
      (await admin.services.manageTokens.create({ name: scope, scope, actor: 'x', address: null })).secret;
    for (const [scope, status] of [
      ['read', 403],
      ['publish', 403],
      ['admin', 200],
    ] as const) {
      const as = `Bearer ${await make(scope)}`;
      await admin.http
        .post('/api/revocations')
        .set('Authorization', as)
        .send({ serial: 'ab' })
        .expect(status);
      await admin.http.get('/api/revocations').set('Authorization', as).expect(200);
    }
    await admin.http.get('/api/revocations').expect(401);
  });
});

describe('the list of revocations', () => {
  it('comes the newest first, a page at a time', async () => {
    for (const one of ['aa', 'bb', 'cc']) await revoke({ serial: one }).expect(200);
    const first = await list('?limit=2');
    expect(first).toMatchObject({ total: 3, next: 'bb' });
    const second = await list('?limit=2&after=bb');
    expect([...first.revocations, ...second.revocations].map((one) => one.serial)).toEqual([
      'cc',
      'bb',
      'aa',
    ]);
    expect(second.next).toBeNull();
    for (const query of ['?after=dd', '?after=x', '?limit=0', '?colour=red'])
      await admin.http.get(`/api/revocations${query}`).expect(400);
  });

  it('that is damaged is said, and nothing is revoked into it', async () => {
    await writeFile(path.join(admin.certsDir, 'revoked.json'), '{');
    for (const request of [admin.http.get('/api/revocations'), revoke({ serial: 'ab' })])
      expect((await request.expect(500)).body).toMatchObject({ code: 'configuration' });
    expect(await readFile(path.join(admin.certsDir, 'revoked.json'), 'utf8')).toBe('{');
  });
});

describe('on the command line', () => {
  it('device revoke takes the certificate that the device uses now', async () => {
    await meet();
    const { code, stdout, stderr } = await run('device', 'revoke', 'far', '--reason', 'stolen');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${serial}\n` });
    expect(stderr).toContain('device kit far --force');
    expect(JSON.parse((await run('device', 'revoke', 'far', '--json')).stdout)).toMatchObject({
      device: 'far',
      serial,
      reason: 'stolen',
    });
    expect(await run('device', 'revoke', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  it('device show says of a revoked certificate that it is, and what to do', async () => {
    await meet();
    const before = await run('device', 'show', 'far');
    expect(before.stdout).toMatch(new RegExp(`^Certificates +${serial}$`, 'm'));
    expect(before.stderr).toBe('');
    await revoke({ device: 'far' }).expect(200);
    const { stdout, stderr } = await run('device', 'show', 'far');
    expect(stdout).toContain(`${serial} (revoked 2026-11-02T12:00:00Z)`);
    expect(stderr).toContain('device kit far --force');
  });
});

it('a kit with a revoked certificate is refused with the remedy, and made with a new one', async () => {
  const { certificate } = await folder.createDevice({ id: 'board-1' });
  await admin.http.post('/api/devices/board-1/kit').send({}).expect(200);
  await revoke({ serial: certificate.serial }).expect(200);
  const refused = await admin.http.post('/api/devices/board-1/kit').send({}).expect(409);
  expect(refused.body).toMatchObject({ code: 'conflict', remedy: expect.stringContaining('new') as string });
  await admin.http.post('/api/devices/board-1/kit').send({ force: true }).expect(200);
});
