import { appendFile, chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FolderFinding } from '../../../src/core/certificate';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { openTokenKey } from '../../../src/pki/token-key';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { originalCertificate, originalFolder } from '../../support/original-certificate';
import { temporaryFolder } from '../../support/programs';
import { issue } from '../../support/test-pki';

const dayMs = 86_400_000;

async function fullFolder(now?: () => Date): Promise<TestFolder> {
  const made = await folderWithCa(now);
  await made.folder.createServer({ names: ['localhost'], ips: [] });
  await made.folder.createDevice({ id: 'a' });
  await made.folder.createDevice({ id: 'b' });
  return made;
}

describe('checking the whole folder', () => {
  it('finds nothing in a good one, whatever was replaced or revoked', async () => {
    const { folder, at } = await fullFolder();
    await folder.createDevice({ id: 'a', force: true, key: 'rsa' });
    await folder.revoke({ which: 'b' });
    await openTokenKey(at()).seal('a token', 'a', true);
    expect(await folder.verify()).toEqual([]);
  });

  it('finds that there is no folder', async () => {
    const { folder } = await emptyFolder();
    expect(await folder.verify()).toMatchObject([{ severity: 'error' }]);
  });

  it('has no error on a machine that only issues', async () => {
    const { folder, at } = await folderWithCa();
    expect(await folder.verify()).toMatchObject([{ severity: 'warning', path: at('server.crt') }]);
  });

  type Spoil = (made: TestFolder) => Promise<unknown>;
  it.each<[string, FolderFinding['severity'], string, Spoil]>([
    ['a CA key that others may read', 'error', 'ca.key', ({ at }) => chmod(at('ca.key'), 0o640)],
    [
      'a device key that others may read',
      'error',
      'devices/a.key',
      ({ at }) => chmod(at('devices', 'a.key'), 0o604),
    ],
    ['a folder that others may write to', 'error', '.', ({ at }) => chmod(at(), 0o770)],
    ['a folder that others may look into', 'warning', '.', ({ at }) => chmod(at(), 0o755)],
    ['a missing CA', 'error', 'ca.crt', ({ at }) => rm(at('ca.crt'))],
    ['a damaged CA', 'error', 'ca.crt', ({ at }) => writeFile(at('ca.crt'), 'x')],
    ['a missing server key', 'error', 'server.crt', ({ at }) => rm(at('server.key'))],
    [
      'a damaged list of revocations',
      'error',
      'revoked.json',
      ({ at }) => writeFile(at('revoked.json'), '{'),
    ],
    ['a damaged log', 'warning', 'issued.jsonl', ({ at }) => appendFile(at('issued.jsonl'), '{\n')],
    [
      'a damaged device certificate',
      'error',
      'devices/a.crt',
      ({ at }) => writeFile(at('devices', 'a.crt'), 'x'),
    ],
    [
      'keys that were swapped',
      'error',
      'devices/a.key',
      async ({ at }) => {
        await rename(at('devices', 'a.key'), at('devices', 'c.key'));
        await rename(at('devices', 'b.key'), at('devices', 'a.key'));
        await rename(at('devices', 'c.key'), at('devices', 'b.key'));
      },
    ],
    [
      'certificates that were swapped',
      'warning',
      'devices/a.crt',
      async ({ at, read }) => writeFile(at('devices', 'a.crt'), await read('devices', 'b.crt')),
    ],
    [
      'a server certificate among the devices',
      'error',
      'devices/a.crt',
      async ({ at, read }) => writeFile(at('devices', 'a.crt'), await read('server.crt')),
    ],
    ['a key alone', 'warning', 'devices/a.key', ({ at }) => rm(at('devices', 'a.crt'))],
    ['a file that does not belong there', 'warning', 'notes.txt', ({ at }) => writeFile(at('notes.txt'), '')],
    [
      'one among the devices',
      'warning',
      'devices/notes.txt',
      ({ at }) => writeFile(at('devices', 'notes.txt'), ''),
    ],
  ])('finds %s', async (_, severity, name, spoil) => {
    const made = await fullFolder();
    await spoil(made);
    const findings = await made.folder.verify();
    expect(findings).toContainEqual(expect.objectContaining({ severity, path: made.at(...name.split('/')) }));
    expect(findings.every(({ message, remedy }) => message !== '' && remedy !== '')).toBe(true);
  });

  it('finds certificates of another CA, of another kind of key too', async () => {
    const { folder, at } = await fullFolder();
    await folder.createCa({ force: true, key: 'rsa' });
    expect(await folder.verify()).toEqual([
      expect.objectContaining({ severity: 'warning', path: at('server.crt') }),
      expect.objectContaining({ severity: 'error', path: at('devices', 'a.crt') }),
      expect.objectContaining({ severity: 'error', path: at('devices', 'b.crt') }),
    ]);
  });

  it('finds a CA key of another CA', async () => {
    const { folder, at } = await fullFolder();
    const other = await folderWithCa();
    await writeFile(at('ca.key'), await other.read('ca.key'));
    expect(await folder.verify()).toMatchObject([{ severity: 'error', path: at('ca.crt') }]);
  });

  it('tells what expires within 30 days, and what has expired', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const { folder, at } = await fullFolder(() => now);
    const start = now.getTime();
    const pathsAfter = async (days: number): Promise<[string, string][]> => {
      now = new Date(start + days * dayMs);
      return (await folder.verify()).map(({ severity, path }) => [severity, path]);
    };
    expect(await pathsAfter(825 - 31)).toEqual([]);
    expect(await pathsAfter(825 - 29)).toEqual([['warning', at('server.crt')]]);
    expect(await pathsAfter(826)).toEqual([['error', at('server.crt')]]);
    const afterTenYears = await pathsAfter(3651);
    expect(afterTenYears).toEqual(
      expect.arrayContaining([
        ['error', at('ca.crt')],
        ['error', at('server.crt')],
        ['warning', at('devices', 'a.crt')],
      ]),
    );
    expect(await pathsAfter(-1)).toEqual(expect.arrayContaining([['error', at('issued.jsonl')]]));
  });

  it('warns of device certificates as an earlier server made them, and calls them an error where they are refused', async () => {
    const certsDir = await originalFolder();
    const original = openCertificateFolder(certsDir, { now: () => new Date() });
    const made = await fullFolder();
    for (const [dir, folder, severity] of [
      [certsDir, original, 'warning'],
      [made.dir, made.folder, 'error'],
    ] as const) {
      const files = await originalCertificate(dir, 'old-1');
      await mkdir(path.join(dir, 'devices'), { recursive: true });
      await copyFile(files.cert, path.join(dir, 'devices', 'old-1.crt'));
      const findings = await folder.verify();
      const file = path.join(dir, 'devices', 'old-1.crt');
      expect(findings).toContainEqual(expect.objectContaining({ severity, path: file }));
    }
    expect((await original.verify()).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('tries a device certificate in a handshake, whatever its fields say', async () => {
    const { folder, at } = await fullFolder();
    const source = await temporaryFolder();
    for (const name of ['ca.crt', 'ca.key']) await copyFile(at(name), path.join(source, name));
    const extensions = [
      'basicConstraints=critical,CA:FALSE',
      'extendedKeyUsage=clientAuth',
      '1.2.3.4=critical,DER:0500',
    ];
    await issue(source, { name: 'a', subject: '/CN=a', issuer: 'ca', extensions });
    await copyFile(path.join(source, 'a.crt'), at('devices', 'a.crt'));
    await copyFile(path.join(source, 'a.key'), at('devices', 'a.key'));
    expect(await folder.verify()).toMatchObject([{ severity: 'error', path: at('devices', 'a.crt') }]);
  });
});
