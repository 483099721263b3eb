import { readFile, rm, writeFile } from 'node:fs/promises';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { mustRun } from '../../support/programs';
import { refusal } from '../../support/refusal';

async function readyFolder(): Promise<TestFolder> {
  const made = await folderWithCa();
  await made.folder.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  return made;
}

describe('listing and showing', () => {
  it('tells of the CA, the server and the devices', async () => {
    const { folder, at } = await readyFolder();
    await folder.createDevice({ id: 'b', compatibles: ['board'] });
    await folder.createDevice({ id: 'a' });
    await folder.createDevice({ id: 'a', force: true });
    await rm(at('devices', 'a.key'));
    await folder.revoke({ which: 'b' });
    await writeFile(at('devices', 'broken.crt'), 'broken');
    const listed = await folder.list();
    expect(listed.map(({ certificate: { role, commonName }, hasKey }) => [role, commonName, hasKey])).toEqual(
      [
        ['ca', 'RAUC Simple Server CA', true],
        ['server', 'localhost', true],
        ['device', 'a', false],
        ['device', 'b', true],
      ],
    );
    expect(listed.map(({ revokedAt }) => revokedAt !== null)).toEqual([false, false, false, true]);
    expect(listed[3]?.certificate.compatibles).toEqual(['board']);
  });

  it('finds by id, role, serial and path', async () => {
    const { folder, at } = await readyFolder();
    const { certificate } = await folder.createDevice({ id: 'a' });
    for (const which of ['a', certificate.serial.toUpperCase(), at('devices', 'a.crt')]) {
      expect(await folder.show(which)).toMatchObject([{ path: at('devices', 'a.crt'), certificate }]);
    }
    expect(await folder.show('ca')).toMatchObject([{ path: at('ca.crt') }]);
    expect(await folder.show('server')).toMatchObject([{ path: at('server.crt') }]);
    for (const which of ['nobody', '../ca', at('ca.key'), '']) {
      await expect(folder.show(which)).rejects.toEqual(refusal('not-found'));
    }
  });

  it('lists nothing in a folder that is not there', async () => {
    const { folder } = await emptyFolder();
    expect(await folder.list()).toEqual([]);
  });

  it('agrees with openssl on fingerprints', async () => {
    const { folder, at } = await readyFolder();
    const [server] = await folder.show('server');
    const { stdout } = await mustRun('openssl', [
      'x509',
      '-noout',
      '-fingerprint',
      '-sha256',
      '-in',
      at('server.crt'),
    ]);
    expect(stdout.replace(/.*=|[:\s]/g, '').toLowerCase()).toBe(server?.certificate.fingerprint);
    expect(await readFile(at('server.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
