import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { deviceIdentity } from '../../../src/pki/device-identity';
import { emptyFolder, folderWithCa, opensslText } from '../../support/certificate-folder';
import { run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';

const mode = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
const dayMs = 86_400_000;

describe('a device certificate', () => {
  it('is good for a TLS client and for nothing else', async () => {
    const { folder, at, x509 } = await folderWithCa();
    const { certificate, warnings } = await folder.createDevice({
      id: 'board-1',
      compatibles: ['acme gw/2 "Ä"', 'other'],
    });
    const file = at('devices', 'board-1.crt');
    const text = await opensslText(file);
    expect(text).toContain('Basic Constraints: critical\nCA:FALSE');
    expect(text).toContain('Key Usage: critical\nDigital Signature\n');
    expect(text).toContain('Extended Key Usage:\u0020\nTLS Web Client Authentication\n');
    expect(text).toMatch(/Subject Key Identifier: \n[0-9A-F:]{59}\n/);
    expect(text).toMatch(/Authority Key Identifier: \n[0-9A-F:]{59}\n/);
    expect(text).toContain('DNS:board-1, URI:urn:rauc-simple-server:compatible:acme%20gw%2F2%20%22%C3%84%22');
    const verify = (purpose: string) =>
      run('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', at('ca.crt'), file]);
    expect((await verify('sslclient')).code).toBe(0);
    expect((await verify('sslserver')).code).not.toBe(0);
    expect((await verify('smimesign')).code).not.toBe(0);
    expect(warnings).toEqual([]);
    expect(deviceIdentity(await x509('devices', 'board-1.crt'))).toEqual({
      ok: true,
      identity: {
        id: 'board-1',
        certificateSerial: certificate.serial,
        compatibles: ['acme gw/2 "Ä"', 'other'],
      },
    });
  });

  it('says an id that is no host name as a URN', async () => {
    const { folder, at } = await folderWithCa();
    for (const id of ['a:b@c+d', '_x', '10.0.0.1', '12345', 'a..b', 'x-']) {
      const { certificate } = await folder.createDevice({ id });
      expect(certificate.names).toEqual([id]);
      expect(await opensslText(at('devices', `${id}.crt`))).toContain(
        `URI:urn:rauc-simple-server:device:${encodeURIComponent(id)}`,
      );
    }
  });

  it.each(['../server', '..', '.x', '-x', 'a/b', 'a\\b', '', 'x'.repeat(65), 'bäm', 'a\0b', 'a\nb', ' a'])(
    'is refused for the id %j, and nothing is written',
    async (id) => {
      const { folder, dir } = await folderWithCa();
      const before = await readdir(dir);
      await expect(folder.createDevice({ id })).rejects.toEqual(refusal('invalid-input'));
      expect(await readdir(dir)).toEqual(before);
    },
  );

  it('takes an id of 64 characters', async () => {
    const { folder } = await folderWithCa();
    const { certificate } = await folder.createDevice({ id: 'x'.repeat(64) });
    expect(certificate.commonName).toBe('x'.repeat(64));
  });

  it.each(['', ' x', 'a\nb', 'x'.repeat(201)])('is refused for the compatible %j', async (compatible) => {
    const { folder } = await folderWithCa();
    await expect(folder.createDevice({ id: 'a', compatibles: [compatible] })).rejects.toEqual(
      refusal('invalid-input'),
    );
  });

  it('is valid for ten years from now on, and before now too', async () => {
    const at = new Date('2030-01-01T00:00:00.900Z');
    let now = at;
    const { folder } = await emptyFolder(() => now);
    await folder.createCa({ days: 36_500 });
    now = new Date(at.getTime() + dayMs);
    const { certificate } = await folder.createDevice({ id: 'a' });
    expect(certificate.notBefore).toEqual(new Date(0));
    expect(certificate.notAfter).toEqual(new Date(Date.UTC(2030, 0, 2) + 3650 * dayMs));
  });

  it('crosses the year 2050, where the encoding of times changes', async () => {
    const { folder, at } = await emptyFolder();
    await folder.createCa({ days: 36_500 });
    const { certificate } = await folder.createDevice({ id: 'a', days: 20_000 });
    const { stdout } = await run('openssl', ['x509', '-noout', '-enddate', '-in', at('devices', 'a.crt')]);
    expect(certificate.notAfter.getUTCFullYear()).toBeGreaterThan(2050);
    expect(new Date(stdout.replace('notAfter=', ''))).toEqual(certificate.notAfter);
  });

  it.each([
    ['what was asked for', 3650, 3651, ['clipped-to-ca']],
    ['much of the default', 1000, undefined, ['clipped-to-ca']],
    ['nothing worth telling', 3649, undefined, []],
    ['nearly all', 100, undefined, ['clipped-to-ca', 'short-validity']],
  ])('never outlives its CA or begins before it, which may cost it %s', async (_, caDays, days, codes) => {
    const { folder } = await emptyFolder();
    const { certificate: ca } = await folder.createCa({ days: caDays });
    const { certificate, warnings } = await folder.createDevice({
      id: 'a',
      ...(days === undefined ? {} : { days }),
    });
    expect(certificate.notAfter).toEqual(ca.notAfter);
    expect(certificate.notBefore.getTime()).toBeGreaterThanOrEqual(ca.notBefore.getTime());
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  it('warns when it expires soon', async () => {
    const { folder } = await folderWithCa();
    const { warnings } = await folder.createDevice({ id: 'a', days: 90 });
    expect(warnings.map(({ code }) => code)).toEqual(['short-validity']);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 36_501])('is refused for %d days', async (days) => {
    const { folder } = await folderWithCa();
    await expect(folder.createDevice({ id: 'a', days })).rejects.toEqual(refusal('invalid-input'));
  });

  it('is not made by an expired CA, nor by a clock before the CA', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const { folder } = await emptyFolder(() => now);
    await folder.createCa({ days: 1 });
    now = new Date('2030-01-02T00:00:00Z');
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('configuration'));
    now = new Date('2029-01-01T00:00:00Z');
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('configuration'));
  });

  it('has an RSA key of 3072 bits for old stacks', async () => {
    const { folder, at, read } = await folderWithCa();
    const { certificate } = await folder.createDevice({ id: 'a', key: 'rsa' });
    expect(certificate.keyAlgorithm).toBe('RSA 3072');
    expect(createPrivateKey(await read('devices', 'a.key')).asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect((await run('openssl', ['verify', '-CAfile', at('ca.crt'), at('devices', 'a.crt')])).code).toBe(0);
  });

  it('has a serial of its own', async () => {
    const { folder } = await folderWithCa();
    const serials = new Set<string>();
    for (let i = 0; i < 20; i++) serials.add((await folder.createDevice({ id: `d${i}` })).certificate.serial);
    expect(serials.size).toBe(20);
    expect(Math.max(...[...serials].map((serial) => serial.length))).toBe(32);
  });

  it('is not replaced without force', async () => {
    const { folder, read } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    const before = [await read('devices', 'a.crt'), await read('devices', 'a.key')];
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('conflict'));
    expect([await read('devices', 'a.crt'), await read('devices', 'a.key')]).toEqual(before);
  });

  it('is not written over a dangling link', async () => {
    const { folder, at } = await folderWithCa();
    await mkdir(at('devices'));
    await symlink(path.join(await temporaryFolder(), 'elsewhere'), at('devices', 'a.key'));
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('conflict'));
  });

  it('is made once when two ask at once', async () => {
    const { folder, dir, x509, read } = await folderWithCa();
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => folder.createDevice({ id: 'a' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toEqual(refusal('conflict'));
    const certificate = await x509('devices', 'a.crt');
    expect(certificate.checkPrivateKey(createPrivateKey(await read('devices', 'a.key')))).toBe(true);
    expect((await readdir(path.join(dir, 'devices'))).sort()).toEqual(['a.crt', 'a.key']);
  });

  it('goes to another folder, whose mode it leaves alone', async () => {
    const { folder } = await folderWithCa();
    const outDir = path.join(await temporaryFolder(), 'usb');
    await mkdir(outDir, { mode: 0o755 });
    const { written } = await folder.createDevice({ id: 'a', outDir });
    expect(written).toEqual([path.join(outDir, 'a.crt'), path.join(outDir, 'a.key')]);
    expect(await mode(outDir)).toBe(0o755);
  });

  it("never goes among the server's own files", async () => {
    const { folder, dir, at, read } = await folderWithCa();
    const before = await read('ca.key');
    const link = path.join(await temporaryFolder(), 'link');
    await symlink(dir, link);
    for (const outDir of [dir, at('devices', '..'), link]) {
      await expect(folder.createDevice({ id: 'ca', outDir, force: true })).rejects.toEqual(
        refusal('invalid-input'),
      );
    }
    expect(await read('ca.key')).toBe(before);
  });

  it('tells when certificates of the id were revoked before', async () => {
    const { folder } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await folder.revoke({ which: 'a' });
    const { warnings } = await folder.createDevice({ id: 'a', force: true });
    expect(warnings.map(({ code }) => code)).toEqual(['id-was-revoked']);
  });

  it('is refused with the remedy when the CA key is elsewhere, or of another CA', async () => {
    const { folder, at } = await folderWithCa();
    const other = await folderWithCa();
    await writeFile(at('ca.key'), await other.read('ca.key'));
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('configuration'));
    const offline = await emptyFolder();
    await offline.folder.importCa({ certificatePem: await other.read('ca.crt') });
    await expect(offline.folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('configuration'));
  });
});
