import { appendFile, rm, writeFile } from 'node:fs/promises';
import { loadServerTls } from '../../../src/pki/server-tls';
import { folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { mustRun } from '../../support/programs';
import { refusal } from '../../support/refusal';

async function readyFolder(): Promise<TestFolder> {
  const made = await folderWithCa();
  await made.folder.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  return made;
}

describe("what the device listener's TLS needs", () => {
  it('may have a chain behind the certificate and several CAs', async () => {
    const { dir, at, read } = await readyFolder();
    const other = await folderWithCa();
    await appendFile(at('server.crt'), await read('ca.crt'));
    await appendFile(at('ca.crt'), `\n# the old one\n${await other.read('ca.crt')}`);
    const { cert, ca } = await loadServerTls(dir);
    expect(cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    ['a missing server.crt', (made: TestFolder) => rm(made.at('server.crt'))],
    ['a missing server.key', (made: TestFolder) => rm(made.at('server.key'))],
    ['a missing ca.crt', (made: TestFolder) => rm(made.at('ca.crt'))],
    ['an empty server.crt', (made: TestFolder) => writeFile(made.at('server.crt'), '')],
    ['an empty ca.crt', (made: TestFolder) => writeFile(made.at('ca.crt'), '')],
    [
      'a torn server.key',
      async (made: TestFolder) =>
        writeFile(made.at('server.key'), (await made.read('server.key')).slice(0, 80)),
    ],
    [
      'a torn server.crt',
      async (made: TestFolder) =>
        writeFile(made.at('server.crt'), (await made.read('server.crt')).slice(0, 200)),
    ],
    [
      'a key of another certificate',
      async (made: TestFolder) => writeFile(made.at('server.key'), await made.read('ca.key')),
    ],
    [
      'an encrypted key',
      (made: TestFolder) =>
        mustRun('openssl', [
          ...['pkey', '-aes128', '-passout', 'pass:x'],
          ...['-in', made.at('ca.key'), '-out', made.at('server.key')],
        ]),
    ],
    [
      'a device certificate for a CA',
      async (made: TestFolder) => {
        await made.folder.createDevice({ id: 'a' });
        await appendFile(made.at('ca.crt'), await made.read('devices', 'a.crt'));
      },
    ],
    [
      'a device certificate for a server',
      async (made: TestFolder) => {
        await made.folder.createDevice({ id: 'a' });
        await writeFile(made.at('server.crt'), await made.read('devices', 'a.crt'));
        await writeFile(made.at('server.key'), await made.read('devices', 'a.key'));
      },
    ],
    [
      'the CA for a server',
      async (made: TestFolder) => {
        await writeFile(made.at('server.crt'), await made.read('ca.crt'));
        await writeFile(made.at('server.key'), await made.read('ca.key'));
      },
    ],
    [
      'a folder for a file',
      async (made: TestFolder) => {
        await rm(made.at('server.key'));
        await mustRun('mkdir', [made.at('server.key')]);
      },
    ],
  ])('is refused with %s', async (_, spoil) => {
    const made = await readyFolder();
    await spoil(made);
    await expect(loadServerTls(made.dir)).rejects.toMatchObject({
      code: 'configuration',
      remedy: expect.any(String) as string,
    });
  });

  it('is refused when it has expired', async () => {
    const { dir } = await readyFolder();
    const later = (days: number) => ({ now: () => new Date(Date.now() + days * 86_400_000) });
    await expect(loadServerTls(dir, later(824))).resolves.toBeDefined();
    await expect(loadServerTls(dir, later(826))).rejects.toEqual(refusal('configuration'));
  });
});
