import { X509Certificate } from 'node:crypto';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import type { CertificateFolder } from '../../../src/ports/certificates';
import { mustRun, temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

interface Certificates {
  readonly ca: object | null;
  readonly server: object | null;
  readonly can_issue: boolean;
  readonly devices: readonly {
    readonly device: string;
    readonly serial: string;
    readonly revoked_at: string | null;
    readonly revocable: boolean;
    readonly has_file: boolean;
    readonly days_left: number;
  }[];
  readonly total: number;
  readonly next: string | null;
}

const dayMs = 86_400_000;
let at: Date;
const now = () => at;
let admin: AdminListener;
let folder: CertificateFolder;
beforeEach(async () => {
  at = new Date('2026-11-02T12:00:00Z');
  admin = await openAdminListener({ now, admin: { now, serverUrl: 'https://updates.test:8443' } });
  folder = openCertificateFolder(admin.certsDir, { now });
  await folder.createCa({});
});
afterEach(() => admin.close());

const certs = (...names: string[]) => path.join(admin.certsDir, ...names);
const list = async (query = '') =>
  (await admin.http.get(`/api/certificates${query}`).expect(200)).body as Certificates;
const issue = (body: object) => admin.http.post('/api/certificates').send(body);
const revoke = (serial: string, body: object = {}) =>
  admin.http.post(`/api/certificates/${serial}/revoke`).send(body);
const kit = (id: string, body: object = {}) =>
  admin.http
    .post(`/api/devices/${id}/kit`)
    .send(body)
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => done(null, Buffer.concat(pieces)));
    });
const journal = async () =>
  (await admin.opened.services.readJournal.search({ kinds: ['certificate.'] }, { limit: 100 })).events;

async function makeRequest(name: string): Promise<string> {
  const key = path.join(await temporaryFolder(), 'device.key');
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  return (await mustRun('openssl', ['req', '-new', ...ec, '-keyout', key, '-subj', `/CN=${name}`])).stdout;
}

describe('the certificates', () => {
  it('are those of the CA, the server and the devices', async () => {
    await folder.createServer({ names: ['updates.test'], ips: ['192.0.2.1'], days: 100 });
    const { certificate } = await folder.createDevice({ id: 'board-1', days: 10 });
    expect(await list()).toEqual({
      ca: {
        subject: expect.any(String) as string,
        not_after: expect.any(String) as string,
        days_left: 3650,
        serial: expect.stringMatching(/^[0-9a-f]+$/) as string,
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        has_key: true,
      },
      server: {
        names: ['updates.test', '192.0.2.1'],
        not_after: new Date(at.getTime() + 100 * dayMs).toISOString(),
        days_left: 100,
        serial: expect.any(String) as string,
      },
      can_issue: true,
      devices: [
        {
          device: 'board-1',
          serial: certificate.serial,
          not_before: certificate.notBefore.toISOString(),
          not_after: certificate.notAfter.toISOString(),
          days_left: 10,
          issued_at: at.toISOString(),
          revoked_at: null,
          revocable: true,
          has_file: true,
          states_purpose: true,
        },
      ],
      total: 1,
      next: null,
    });
  });

  it('are known when their files are replaced, deleted or from an earlier server, too', async () => {
    const first = await folder.createDevice({ id: 'a' });
    const second = await folder.createDevice({ id: 'a', force: true });
    await folder.createDevice({ id: 'gone' });
    await unlink(certs('devices', 'gone.crt'));
    const log = (await readFile(certs('issued.jsonl'), 'utf8')).trimEnd();
    await folder.createDevice({ id: 'old' });
    await writeFile(certs('issued.jsonl'), `${log}\n`);
    const { devices } = await list();
    expect(devices.map(({ device, has_file }) => [device, has_file])).toEqual([
      ['a', true],
      ['a', false],
      ['gone', false],
      ['old', true],
    ]);
    expect(devices[0]?.serial).toBe(second.certificate.serial);
    expect(devices[1]?.serial).toBe(first.certificate.serial);
  });

  it('are found by device and by serial, page by page', async () => {
    for (const id of ['board-1', 'board-2', 'board-3', 'Kiosk']) await folder.createDevice({ id });
    const first = await list('?limit=2');
    expect(first).toMatchObject({ total: 4 });
    const second = await list(`?limit=2&after=${first.next ?? ''}`);
    expect([...first.devices, ...second.devices].map(({ device }) => device)).toEqual([
      'Kiosk',
      'board-1',
      'board-2',
      'board-3',
    ]);
    expect(second.next).toBeNull();
    expect((await list('?search=kiosk')).devices).toHaveLength(1);
    expect(await list(`?search=${first.devices[0]?.serial.slice(3, 15) ?? ''}`)).toMatchObject({ total: 1 });
    expect(await list('?search=nobody')).toMatchObject({ total: 0, devices: [] });
  });

  it.each(['?limit=501', '?limit=0', '?after=zz', '?after=0123', '?colour=red'])(
    'refuse %s',
    async (query) => {
      await admin.http.get(`/api/certificates${query}`).expect(400);
    },
  );

  it('are sorted by when they expire, page by page, in either direction', async () => {
    for (const [id, days] of [
      ['a', 300],
      ['b', 20],
      ['c', 100],
      ['d', 20],
    ] as const)
      await folder.createDevice({ id, days });
    const order = async (query: string) => (await list(query)).devices.map(({ device }) => device);
    expect(await order('?sort=expires')).toEqual(['b', 'd', 'c', 'a']);
    expect(await order('?sort=expires&order=desc')).toEqual(['a', 'c', 'b', 'd']);
    expect(await order('?order=desc')).toEqual(['d', 'c', 'b', 'a']);
    expect(await order('?sort=device')).toEqual(['a', 'b', 'c', 'd']);
    const first = await list('?sort=expires&limit=3');
    expect(await order(`?sort=expires&limit=3&after=${first.next ?? ''}`)).toEqual(['a']);
    await folder.createDevice({ id: 'e', days: 1 });
    expect(await order('?sort=expires&limit=2')).toEqual(['e', 'b']);
    await admin.http.get('/api/certificates?sort=serial').expect(400);
  });

  it('of the CAs are downloaded as devices need them, and nothing that lies beside them', async () => {
    const ca = await readFile(certs('ca.crt'), 'utf8');
    await writeFile(
      certs('ca.crt'),
      `a note\n${ca}-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n`,
    );
    const { text, headers } = await admin.http.get('/api/ca.crt').expect(200);
    expect(new X509Certificate(text).fingerprint256).toBe(new X509Certificate(ca).fingerprint256);
    expect(text).not.toMatch(/note|KEY/);
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('application/x-pem-file') as string,
      'content-disposition': 'attachment; filename="ca.crt"',
    });
    await unlink(certs('ca.crt'));
    expect((await admin.http.get('/api/ca.crt').expect(404)).body).toMatchObject({ code: 'not-found' });
    await writeFile(certs('ca.crt'), 'no item of kind');
    expect((await admin.http.get('/api/ca.crt')).body).toMatchObject({ code: 'configuration' });
  });

  it('say where none are', async () => {
    await unlink(certs('ca.crt'));
    expect(await list()).toMatchObject({ ca: null, server: null, can_issue: false, devices: [], total: 0 });
  });
});

describe('issuing', () => {
  it('makes a key that stays on the server, and a certificate that is known at once', async () => {
    const answer = await issue({ id: 'board-1', days: 30, compatibles: ['acme'] }).expect(201);
    const { certificate, serial } = answer.body as { certificate: string; serial: string };
    expect(answer.body).toMatchObject({
      device: 'board-1',
      not_after: new Date(at.getTime() + 30 * dayMs).toISOString(),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).not.toContain('PRIVATE KEY');
    const key = await readFile(certs('devices', 'board-1.key'), 'utf8');
    expect(key).toContain('PRIVATE KEY');
    expect(new X509Certificate(certificate).serialNumber.toLowerCase()).toContain(serial);
    expect((await list()).devices).toMatchObject([{ device: 'board-1', serial, has_file: true }]);
    expect(await journal()).toMatchObject([
      {
        kind: 'certificate.issued',
        actor: { name: 'local' },
        subject: { deviceId: 'board-1' },
        after: { serial },
      },
    ]);
  });

  it('signs the request of a device', async () => {
    const answer = await issue({ id: 'board-1', csr: await makeRequest('board-1') }).expect(201);
    expect(answer.body).toMatchObject({ device: 'board-1' });
    await expect(readFile(certs('devices', 'board-1.key'))).rejects.toMatchObject({ code: 'ENOENT' });
    await issue({ id: 'board-2', csr: await makeRequest('other') }).expect(422);
  });

  it('does not replace a certificate, unless told so', async () => {
    await issue({ id: 'board-1' }).expect(201);
    expect((await issue({ id: 'board-1' }).expect(409)).body).toMatchObject({ code: 'conflict' });
    await issue({ id: 'board-1', force: true }).expect(201);
    expect(await journal()).toHaveLength(2);
  });

  it('is refused with the remedy where the key of the CA is not', async () => {
    await unlink(certs('ca.key'));
    expect(await list()).toMatchObject({ ca: { has_key: false }, can_issue: false });
    for (const request of [issue({ id: 'board-1' }), admin.http.post('/api/devices/board-1/kit').send({})]) {
      const answer = await request.expect(409);
      expect(answer.body).toMatchObject({
        code: 'conflict',
        remedy: expect.stringContaining('ca.key') as string,
      });
    }
  });

  it.each([
    {},
    { id: '../server' },
    { id: 'x'.repeat(500) },
    { id: 'a', days: 0 },
    { id: 'a', days: 36_501 },
    { id: 'a', csr: 'x', key: 'ec' },
    { id: 'a', csr: 'nothing of use' },
    { id: 'a', compatibles: ['\n'] },
    { id: 'a', outDir: '/tmp' },
  ])('is refused with %j', async (body) => {
    const { status } = await issue(body);
    expect([400, 422]).toContain(status);
    expect((await list()).total).toBe(0);
  });
});

describe('revoking', () => {
  it('is of one certificate, and for good', async () => {
    const { certificate } = await folder.createDevice({ id: 'a' });
    const other = await folder.createDevice({ id: 'a', force: true });
    const { serial } = certificate;
    const answer = await revoke(serial, { reason: 'stolen' }).expect(200);
    const expected = { device: 'a', serial, revoked_at: at.toISOString(), reason: 'stolen' };
    expect(answer.body).toEqual(expected);
    const { devices } = await list();
    expect(devices.find((one) => one.serial === serial)).toMatchObject({
      revoked_at: at.toISOString(),
      revocable: false,
    });
    expect(devices.find((one) => one.serial === other.certificate.serial)).toMatchObject({ revocable: true });
    expect((await revoke(serial, { reason: 'again' }).expect(200)).body).toEqual(expected);
    expect(await journal()).toMatchObject([
      { kind: 'certificate.revoked', subject: { deviceId: 'a' }, after: { serial, reason: 'stolen' } },
    ]);
  });

  it('never takes a serial for the id of a device', async () => {
    const { certificate } = await folder.createDevice({ id: 'a' });
    await folder.createDevice({ id: certificate.serial });
    expect((await revoke(certificate.serial).expect(200)).body).toMatchObject({ device: 'a' });
    const { devices } = await list();
    expect(devices.filter(({ revocable }) => revocable)).toMatchObject([{ device: certificate.serial }]);
  });

  it('is refused for what is not a certificate of a device', async () => {
    const { certificate } = await folder.createServer({ names: ['updates.test'], ips: [] });
    await folder.createDevice({ id: 'abc' });
    await revoke('abc').expect(404);
    await revoke('0123').expect(404);
    await revoke('nobody').expect(400);
    await revoke(certificate.serial).expect(400);
    await revoke('0123', { reason: 'x'.repeat(201) }).expect(400);
  });
});

describe('a kit', () => {
  beforeEach(() =>
    folder.createServer({ names: ['updates.test', '*.boards.test', 'other.test'], ips: ['192.0.2.7'] }),
  );

  async function filesOf(archive: Buffer): Promise<string[]> {
    const file = path.join(await temporaryFolder(), 'kit.tar.gz');
    await writeFile(file, archive);
    return (await mustRun('tar', ['-tzf', file])).stdout.trim().split('\n');
  }

  it('has the script poll, RAUC itself when told so, and nobody else', async () => {
    await folder.createDevice({ id: 'board-1' });
    const polling = async (body: object) => {
      const file = path.join(await temporaryFolder(), 'kit.tar.gz');
      await writeFile(file, (await kit('board-1', body).expect(200)).body as Buffer);
      const conf = 'device-kit-board-1/root/etc/rauc/update/server.conf';
      return /^polling=(.*)$/m.exec((await mustRun('tar', ['-xzOf', file, conf])).stdout)?.[1];
    };
    expect(await polling({})).toBe('script');
    expect(await polling({ polling: 'native' })).toBe('native');
    await kit('board-1', { polling: 'sometimes' }).expect(400);
    await kit('board-1', { client: 'hawkbit', polling: 'native' }).expect(400);
    await kit('board-1', { client: 'hawkbit' }).expect(200);
  });

  it('holds the certificate and key that the device has', async () => {
    await folder.createDevice({ id: 'board-1' });
    const answer = await kit('board-1').expect(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': 'attachment; filename="device-kit-board-1.tar.gz"',
      'cache-control': 'no-store',
    });
    const files = await filesOf(answer.body as Buffer);
    expect(files).toContain('device-kit-board-1/root/etc/rauc/update/device.key');
    expect(files).toContain('device-kit-board-1/install.sh');
    // Whoever takes a key leaves a line, also when nothing is issued for it.
    await kit('board-1').expect(200);
    const lines = (
      await admin.opened.services.readJournal.search({ kinds: ['device.kit-made'] }, { limit: 10 })
    ).events;
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      actor: { name: 'local' },
      reason: { code: 'device-kit-made', parameters: { device: 'board-1', hasKey: true } },
    });
    expect(await journal()).toEqual([]);
  });

  it('is made with a new certificate for a device that has none, which the journal tells', async () => {
    const file = path.join(await temporaryFolder(), 'kit.tar.gz');
    const answer = await kit('board-1', { compatible: 'acme', server_url: 'https://other.test/' }).expect(
      200,
    );
    await writeFile(file, answer.body as Buffer);
    const { stdout } = await mustRun('tar', ['-xzOf', file, '--wildcards', '*/server.conf']);
    expect(stdout).toContain('https://other.test');
    expect(await journal()).toMatchObject([{ kind: 'certificate.issued', subject: { deviceId: 'board-1' } }]);
    await kit('board-1', { compatible: 'other' }).expect(409);
  });

  it('for a request holds no key', async () => {
    const answer = await kit('board-1', { csr: await makeRequest('board-1') }).expect(200);
    expect((await filesOf(answer.body as Buffer)).join()).not.toContain('device.key');
  });

  describe('with a private key', () => {
    let secret: string;
    const trust = async (...trustedProxies: string[]) => {
      const { certsDir } = admin;
      await admin.close();
      admin = await openAdminListener({
        now,
        certsDir,
        admin: { now, serverUrl: 'https://updates.test:8443', trustedProxies },
      });
      ({ secret } = await admin.services.manageTokens.create({ name: 'me', scope: 'admin', actor: 'local' }));
    };
    const through = (headers: object, body: object = {}) =>
      kit('board-1', body).set({ Authorization: `Bearer ${secret}`, ...headers });

    it.each([
      ['by another host than this machine', [], { Host: '192.0.2.5:8080' }],
      ['by a proxy that nobody named, whatever it says', [], { 'X-Forwarded-Proto': 'https' }],
      ['by a proxy that says nothing of https', ['127.0.0.1'], { 'X-Forwarded-For': '192.0.2.1' }],
      ['by a proxy that was asked over http', ['127.0.0.1'], { 'X-Forwarded-Proto': 'http' }],
      ['by proxies that disagree', ['127.0.0.1'], { 'X-Forwarded-Proto': 'https, http' }],
    ])('goes to nobody in plain text (%s)', async (_how, proxies, headers) => {
      await trust(...proxies);
      const answer = await through(headers).expect(403);
      expect(JSON.parse(String(answer.body))).toMatchObject({
        code: 'forbidden',
        remedy: expect.stringContaining('TRUSTED_PROXIES') as string,
      });
      expect(await journal()).toEqual([]);
      await folder.createDevice({ id: 'board-1' });
      await through(headers).expect(403);
    });

    it('goes to who asked a trusted proxy over https', async () => {
      await trust('127.0.0.1');
      const answer = await through({ 'X-Forwarded-Proto': 'https' }).expect(200);
      expect((await filesOf(answer.body as Buffer)).join()).toContain('device.key');
    });

    it('is none where the device has its key: such a kit goes anywhere', async () => {
      await trust();
      const headers = { Host: '192.0.2.5:8080' };
      const answer = await through(headers, { csr: await makeRequest('board-1') }).expect(200);
      expect((await filesOf(answer.body as Buffer)).join()).not.toContain('device.key');
      await through(headers).expect(200);
    });
  });

  it.each([
    { server_url: 'http://updates.test' },
    { server_url: 'https://updates.test/path' },
    { server_url: 'https://user@updates.test' },
    { days: 'x' },
    { channel: 'beta' },
  ])('is refused with %j', async (body) => {
    await admin.http.post('/api/devices/board-1/kit').send(body).expect(400);
  });

  it('is refused for a host that the server certificate does not cover, with what to do', async () => {
    const asked = { server_url: 'https://elsewhere.test:8443' };
    const answer = await admin.http.post('/api/devices/board-1/kit').send(asked).expect(409);
    expect(answer.body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('elsewhere.test') as string,
      remedy: expect.stringContaining('cert server --name elsewhere.test --force') as string,
    });
    expect(await journal()).toEqual([]);
    for (const host of ['updates.test', 'eu.boards.test', '192.0.2.7'])
      await kit('board-1', { server_url: `https://${host}:8443` }).expect(200);
  });

  it('is refused where nobody knows how a device reaches the server', async () => {
    await admin.close();
    admin = await openAdminListener({ now, admin: { now } });
    await admin.http.post('/api/devices/board-1/kit').send({}).expect(409);
  });
});

it('is for administrators alone, except to look', async () => {
  await admin.close();
  admin = await openAdminListener({ now, admin: { now, requireToken: true } });
  const { secret } = await admin.opened.services.manageTokens.create({
    name: 'ci',
    scope: 'publish',
    actor: 'local',
  });
  const as = { Authorization: `Bearer ${secret}` };
  await admin.http.get('/api/certificates').set(as).expect(200);
  await issue({ id: 'a' }).set(as).expect(403);
  await revoke('0123').set(as).expect(403);
  await admin.http.post('/api/devices/a/kit').set(as).send({}).expect(403);
});
