import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { emptyFolder, folderWithCa, opensslText } from '../../support/certificate-folder';
import { run } from '../../support/programs';
import { refusal } from '../../support/refusal';

const mode = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

describe('the CA', () => {
  it('is an X.509 v3 CA for end entities alone', async () => {
    const { folder, at } = await emptyFolder();
    const { certificate, written } = await folder.createCa({ commonName: 'Föhn CA' });
    expect(written).toEqual([at('ca.crt'), at('ca.key')]);
    const text = await opensslText(at('ca.crt'));
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain('Basic Constraints: critical\nCA:TRUE, pathlen:0');
    expect(text).toContain('Key Usage: critical\nCertificate Sign, CRL Sign');
    expect(text).toContain('NIST CURVE: P-256');
    expect(certificate).toMatchObject({ role: 'ca', commonName: 'Föhn CA', keyAlgorithm: 'EC P-256' });
    expect(
      await run('openssl', ['verify', '-x509_strict', '-CAfile', at('ca.crt'), at('ca.crt')]),
    ).toMatchObject({
      code: 0,
    });
  });

  it('keeps keys and folders to their owner, also under a lax umask', async () => {
    const umask = process.umask(0);
    try {
      const { dir, folder, at } = await folderWithCa();
      await folder.createDevice({ id: 'board-1' });
      expect(await mode(dir)).toBe(0o700);
      expect(await mode(at('devices'))).toBe(0o700);
      expect(await mode(at('ca.key'))).toBe(0o600);
      expect(await mode(at('devices', 'board-1.key'))).toBe(0o600);
      expect(await mode(at('devices', 'board-1.crt'))).toBe(0o644);
    } finally {
      process.umask(umask);
    }
  });

  it('gives certificates to all under a strict umask', async () => {
    const umask = process.umask(0o077);
    try {
      const { at } = await folderWithCa();
      expect(await mode(at('ca.crt'))).toBe(0o644);
    } finally {
      process.umask(umask);
    }
  });

  it('closes the folder that git made, and leaves one in use as it is', async () => {
    const fresh = await emptyFolder();
    await mkdir(fresh.dir, { mode: 0o755 });
    await writeFile(fresh.at('README.md'), 'page');
    await fresh.folder.createCa({});
    expect(await mode(fresh.dir)).toBe(0o700);
    const used = await emptyFolder();
    await mkdir(used.dir, { mode: 0o755 });
    await writeFile(used.at('other.pem'), '');
    await used.folder.createCa({});
    expect(await mode(used.dir)).toBe(0o755);
  });

  it('is not replaced without force, and kept beside with it', async () => {
    const { folder, read, at } = await folderWithCa();
    const [before, keyBefore] = [await read('ca.crt'), await read('ca.key')];
    await expect(folder.createCa({})).rejects.toEqual(refusal('conflict'));
    expect([await read('ca.crt'), await read('ca.key')]).toEqual([before, keyBefore]);

    const { kept } = await folder.createCa({ force: true });
    expect(await Promise.all(kept.map((file) => readFile(file, 'utf8')))).toEqual([before, keyBefore]);
    expect(await read('ca.crt')).not.toBe(before);
    expect(await mode(kept[1] ?? '')).toBe(0o600);
    expect(kept[0]).toMatch(new RegExp(`^${at('ca.crt')}\\.\\d{8}T\\d{6}Z\\.old$`));
  });

  it('loses no file when it is replaced twice within a second', async () => {
    const { folder, dir } = await folderWithCa(() => new Date('2030-01-01T00:00:00Z'));
    await folder.createCa({ force: true });
    await folder.createCa({ force: true });
    expect((await readdir(dir)).filter((name) => name.endsWith('.old'))).toHaveLength(4);
  });

  it.each(['', ' x', 'a\nb', 'x'.repeat(65), '\u202Ex'])('refuses the name %j', async (commonName) => {
    const { folder } = await emptyFolder();
    await expect(folder.createCa({ commonName })).rejects.toEqual(refusal('invalid-input'));
  });

  it('is not made by a clock that stands at 1970', async () => {
    const { folder } = await emptyFolder(() => new Date(0));
    await expect(folder.createCa({})).rejects.toEqual(refusal('configuration'));
  });
});
