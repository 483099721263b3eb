import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { openCertificateFolder } from '../../../../src/pki/certificate-folder';
import {
  createMakeDeviceKit,
  type MadeKit,
  type MakeDeviceKit,
} from '../../../../src/services/certificates/make-device-kit';
import { mustRun, temporaryFolder } from '../../../support/programs';

const texts = path.resolve(__dirname, '../../../../bin/device-kit');
const readText = (name: string) => readFile(path.join(texts, name), 'utf8');
const serverUrl = 'https://updates.example.com:8443';
const start = new Date('2026-11-24T12:00:00Z');
let now = start;
let make: MakeDeviceKit;
let certificates: ReturnType<typeof openCertificateFolder>;

beforeEach(async () => {
  now = start;
  certificates = openCertificateFolder(path.join(await temporaryFolder(), 'certs'), { now: () => now });
  await certificates.createCa({});
  await certificates.createServer({ names: ['updates.example.com'], ips: ['192.0.2.7'] });
  make = createMakeDeviceKit({ certificates, readText, now: () => now });
});

interface Entry {
  readonly mode: number | undefined;
  readonly owner: string;
  readonly mtime: Date | undefined;
  readonly content: string;
}

async function unpack(kit: MadeKit): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const reader = extract();
  kit.archive.pipe(createGunzip()).pipe(reader);
  for await (const entry of reader) {
    const { name, mode, uid, gid, mtime } = entry.header;
    entries.set(name, { mode, owner: `${uid}:${gid}`, mtime, content: (await buffer(entry)).toString() });
  }
  return entries;
}

describe('a device kit', () => {
  it('lists the files that are in it, all of root and of now, programs executable and the key for its group', async () => {
    const kit = await make({ id: 'board-1', serverUrl });
    const entries = await unpack(kit);
    expect([...entries.keys()]).toEqual(kit.files.map((file) => `device-kit-board-1/${file}`));
    const programs = [...entries]
      .filter(([, { mode }]) => mode === 0o755)
      .map(([name]) => path.basename(name));
    expect(programs.sort()).toEqual([
      'ask-server',
      'install.sh',
      'rauc-update-mark-good',
      'rauc-update-poll',
      'rauc-update-report',
      'rauc-update-watch',
      'system-info',
    ]);
    expect(entries.get('device-kit-board-1/root/etc/rauc/update/device.key')).toMatchObject({ mode: 0o640 });
    for (const { owner, mtime } of entries.values())
      expect({ owner, mtime }).toEqual({ owner: '0:0', mtime: now });
  });

  it('has no placeholder left in it, and the certificates of the folder', async () => {
    const entries = await unpack(await make({ id: 'board-1', serverUrl, compatible: 'my $board' }));
    for (const [name, { content }] of entries)
      expect([name, /@[A-Z_]+@/.exec(content)]).toEqual([name, null]);
    const at = (name: string) => entries.get(`device-kit-board-1/root/etc/rauc/update/${name}`)?.content;
    const device = await certificates.readDevice('board-1');
    expect(at('device.crt')).toBe(device?.certificatePem);
    expect(at('device.key')).toBe(device?.keyPem);
    expect(at('ca.crt')).toBe(device?.caPem);
    expect(at('server.conf')).toContain(`\nserver_url=${serverUrl}\ncompatible=my $board\npolling=script\n`);
    expect(device?.certificate.compatibles).toEqual(['my $board']);
  });

  it('says nothing of a server that a device with ca.crt can connect to', async () => {
    for (const url of [serverUrl, 'https://192.0.2.7:8443', 'https://UPDATES.example.com'])
      expect(await make({ id: 'board-1', serverUrl: url })).toMatchObject({
        warnings: [],
        isServerChecked: true,
      });
  });

  it.each(['https://other.example.com:8443', 'https://192.0.2.8', 'https://[2001:db8::7]:8443'])(
    'is refused for %s, which the server certificate does not cover, and nothing is issued for it',
    async (url) => {
      for (const force of [false, true])
        await expect(make({ id: 'board-1', serverUrl: url, force })).rejects.toMatchObject({
          code: 'conflict',
        });
      expect(await certificates.readDevice('board-1')).toBeNull();
    },
  );

  it('is made where there is no server certificate, and says that nobody could check it', async () => {
    certificates = openCertificateFolder(path.join(await temporaryFolder(), 'certs'), { now: () => now });
    await certificates.createCa({});
    make = createMakeDeviceKit({ certificates, readText, now: () => now });
    expect(await make({ id: 'board-1', serverUrl: 'https://anything.example.com' })).toMatchObject({
      isServerChecked: false,
    });
  });

  it('has the root of a server certificate of a public CA behind the CA of the folder, and says so', async () => {
    const extraRoot = { name: 'CN=Public Root', pem: '-----BEGIN CERTIFICATE-----\npublic\n' };
    make = createMakeDeviceKit({
      certificates: { ...certificates, findServerTrust: () => Promise.resolve({ extraRoot }) },
      readText,
      now: () => now,
    });
    const kit = await make({ id: 'board-1', serverUrl });
    expect(kit.warnings).toEqual([
      { code: 'kit-extra-root', parameters: { name: expect.stringContaining('CN=Public Root') as string } },
    ]);
    const device = await certificates.readDevice('board-1');
    expect((await unpack(kit)).get('device-kit-board-1/root/etc/rauc/update/ca.crt')?.content).toBe(
      `${device?.caPem ?? ''}${extraRoot.pem}`,
    );
  });

  it('has RAUC poll by itself when it is asked to, and warns of it', async () => {
    const kit = await make({ id: 'board-1', serverUrl, polling: 'native' });
    expect(kit.warnings).toEqual([{ code: 'kit-native-polling', parameters: {} }]);
    const conf = (await unpack(kit)).get('device-kit-board-1/root/etc/rauc/update/server.conf');
    expect(conf?.content).toContain('\npolling=native\n');
    expect((await make({ id: 'board-1', serverUrl })).warnings).toEqual([]);
  });

  it('for rauc-hawkbit-updater has its configuration, and the CAs for the system, one a file', async () => {
    const extraRoot = {
      name: 'CN=Public Root',
      pem: '-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n',
    };
    make = createMakeDeviceKit({
      certificates: { ...certificates, findServerTrust: () => Promise.resolve({ extraRoot }) },
      readText,
      now: () => now,
    });
    const kit = await make({ id: 'board-1', serverUrl, client: 'hawkbit' });
    const entries = await unpack(kit);
    const at = (name: string) => entries.get(`device-kit-board-1/${name}`);
    const store = 'root/usr/local/share/ca-certificates/rauc-simple-server';
    expect(kit.files).toEqual([
      'README.md',
      'install.sh',
      'root/etc/rauc-hawkbit-updater/config.conf',
      'root/etc/rauc/update/device.crt',
      'root/etc/rauc/update/device.key',
      'root/etc/systemd/system/rauc-hawkbit-updater.service.d/rauc-simple-server.conf',
      'root/usr/local/lib/rauc-update/hawkbit-config',
      'root/usr/local/lib/rauc-update/system-info',
      `${store}-1.crt`,
      `${store}-2.crt`,
    ]);
    expect(at('root/etc/rauc-hawkbit-updater/config.conf')?.content).toContain(
      '\nhawkbit_server = updates.example.com:8443\nssl = true\nssl_verify = true\n',
    );
    expect(at('root/etc/rauc-hawkbit-updater/config.conf')?.content).toContain('\ntarget_name = board-1\n');
    expect(at(`${store}-1.crt`)?.content).toBe((await certificates.readDevice('board-1'))?.caPem);
    expect(at(`${store}-2.crt`)?.content).toBe(extraRoot.pem);
    for (const [name, { content }] of entries)
      expect([name, /@[A-Z_]+@/.exec(content)]).toEqual([name, null]);
    await expect(
      make({ id: 'board-1', serverUrl, client: 'hawkbit', polling: 'native' }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('is the same bytes for the same device and time', async () => {
    const digest = async () => {
      const { archive } = await make({ id: 'board-1', serverUrl });
      return createHash('sha256')
        .update(await buffer(archive))
        .digest('hex');
    };
    const first = await digest();
    expect(await digest()).toBe(first);
    now = new Date(now.getTime() + 60_000);
    expect(await digest()).not.toBe(first);
  });

  it('uses the certificate that the device has, and issues another by force alone', async () => {
    expect((await make({ id: 'board-1', serverUrl })).issued).not.toBeNull();
    expect((await make({ id: 'board-1', serverUrl })).issued).toBeNull();
    const forced = await make({ id: 'board-1', serverUrl, force: true });
    expect(forced.issued?.kept).toHaveLength(2);
  });

  it('has no key for a device whose certificate was requested', async () => {
    const folder = await temporaryFolder();
    const request = ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const names = ['-keyout', path.join(folder, 'own.key'), '-subj', '/CN=board-1'];
    const csrPem = (await mustRun('openssl', [...request, ...names])).stdout;
    for (const given of [{ csrPem }, {}]) {
      const kit = await make({ id: 'board-1', serverUrl, ...given });
      expect(kit.hasKey).toBe(false);
      expect(kit.files).not.toContain('root/etc/rauc/update/device.key');
      const readme = (await unpack(kit)).get('device-kit-board-1/README.md')?.content;
      expect(readme).toContain('holds no private key');
    }
  });

  it.each([
    ['another validity', { days: 30 }],
    ['another type of key', { key: 'rsa' }],
    ['a request', { csrPem: '' }],
    ['another compatible', { compatible: 'other' }],
  ] as const)('refuses %s for a certificate that is there', async (_, request) => {
    await make({ id: 'board-1', serverUrl, compatible: 'my-board' });
    await expect(make({ id: 'board-1', serverUrl, ...request })).rejects.toMatchObject({ code: 'conflict' });
    await make({ id: 'board-1', serverUrl, compatible: 'my-board' });
  });

  it('refuses a certificate that is revoked or has expired', async () => {
    await make({ id: 'board-1', serverUrl });
    await certificates.revoke({ which: 'board-1' });
    await expect(make({ id: 'board-1', serverUrl })).rejects.toMatchObject({ code: 'conflict' });
    await make({ id: 'board-2', serverUrl, days: 1 });
    now = new Date(start.getTime() + 2 * 86_400_000);
    await expect(make({ id: 'board-2', serverUrl })).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each(['../server', '', 'a/b', '-x'])('refuses the id %j', async (id) => {
    await expect(make({ id, serverUrl })).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
