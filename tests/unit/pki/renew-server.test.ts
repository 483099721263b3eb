import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { renewedName } from '../../../src/pki/renew-server';
import { loadServerTls } from '../../../src/pki/server-tls';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { killAt } from '../../support/kill-at';
import { mustRun, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { issue } from '../../support/test-pki';

const dayMs = 86_400_000;
const start = new Date('2030-01-01T00:00:00Z');

interface Aging extends TestFolder {
  /** Lets so many days pass since the certificates were made. */
  readonly age: (days: number) => void;
}

async function aging({
  key = 'ec',
  days,
  caDays,
}: { key?: 'ec' | 'rsa'; days?: number; caDays?: number } = {}): Promise<Aging> {
  let at = start;
  const made = await emptyFolder(() => at);
  await made.folder.createCa(caDays === undefined ? {} : { days: caDays });
  const names = ['updates.example.com', '*.fleet.example.com'];
  await made.folder.createServer({ names, ips: ['192.0.2.7'], key, ...(days === undefined ? {} : { days }) });
  return { ...made, age: (passed) => (at = new Date(start.getTime() + passed * dayMs)) };
}

describe('the server certificate renews itself', () => {
  it('from 30 days before its end, and not a day earlier', async () => {
    const { folder, age, read } = await aging();
    const before = await read('server.crt');
    age(825 - 30);
    expect(await folder.renewServer()).toBeNull();
    expect(await read('server.crt')).toBe(before);
    age(825 - 29);
    expect((await folder.renewServer())?.certificate.notAfter).toEqual(
      new Date(start.getTime() + (825 - 29 + 825) * dayMs),
    );
    expect(await folder.renewServer()).toBeNull(); // once
  });

  it.each(['ec', 'rsa'] as const)('with the names and the %s key that it has', async (key) => {
    const { folder, age, at, dir, read } = await aging({ key });
    const [key1, cert1] = [await read('server.key'), await read('server.crt')];
    age(800);
    const renewed = await folder.renewServer();
    expect(renewed?.certificate).toMatchObject({
      names: renewed?.replaced.names,
      subject: renewed?.replaced.subject,
      keyAlgorithm: renewed?.replaced.keyAlgorithm,
    });
    expect(renewed?.certificate.names).toEqual(['updates.example.com', '*.fleet.example.com', '192.0.2.7']);
    expect(renewed?.certificate.serial).not.toBe(renewed?.replaced.serial);
    expect(await read('server.key')).toBe(key1);
    expect(await read(renewedName)).toBe(cert1);
    await loadServerTls(dir);
    const days = String((start.getTime() + 801 * dayMs) / 1000);
    const host = ['-purpose', 'sslserver', '-verify_hostname', 'board.fleet.example.com'];
    await mustRun('openssl', ['verify', ...host, '-attime', days, '-CAfile', at('ca.crt'), at('server.crt')]);
    expect(await folder.verify()).toEqual([]);
    expect((await read('issued.jsonl')).trimEnd().split('\n')).toHaveLength(3);
  });

  it('also when it has expired', async () => {
    const { folder, age } = await aging();
    age(1000);
    expect(await folder.renewServer()).not.toBeNull();
  });

  it('for as long as it was made for, in the last third of a short life', async () => {
    const { folder, age } = await aging({ days: 9 });
    age(5);
    expect(await folder.renewServer()).toBeNull();
    age(7);
    expect((await folder.renewServer())?.certificate.notAfter).toEqual(
      new Date(start.getTime() + 16 * dayMs),
    );
  });

  it('with the CA that it is sent with', async () => {
    const { folder, age, at, read } = await aging();
    await writeFile(at('server.crt'), (await read('server.crt')) + (await read('ca.crt')));
    age(800);
    await folder.renewServer();
    expect((await read('server.crt')).endsWith(await read('ca.crt'))).toBe(true);
  });

  it('once, when two servers share the folder', async () => {
    const { folder, dir, age, read } = await aging();
    const other = openCertificateFolder(dir, { now: () => new Date(start.getTime() + 800 * dayMs) });
    age(800);
    const renewals = await Promise.all([folder, other, folder].map((one) => one.renewServer()));
    expect(renewals.filter((one) => one !== null)).toHaveLength(1);
    expect((await read('issued.jsonl')).trimEnd().split('\n')).toHaveLength(3);
  });

  it('as it was before or as it is after, whenever the process is killed', async () => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const { folder, age, dir, read } = await aging();
      const old = await read('server.crt');
      age(800);
      isKilled = await killAt(step, () => folder.renewServer());
      const { cert } = await loadServerTls(dir); // a pair that belongs together
      await folder.renewServer();
      expect((await read('server.crt')) === old).toBe(false);
      if (cert !== old) expect(await read('server.crt')).toBe(cert);
      expect((await readdir(dir)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    }
    expect(step).toBeGreaterThan(5);
  });
});

describe('the server certificate stays as it is, and why is said', () => {
  it.each<[string, RegExp, (made: Aging) => Promise<unknown>]>([
    ['without ca.key', /missing/, ({ at }) => rm(at('ca.key'))],
    [
      'with a ca.key that has a pass phrase',
      /passphrase/,
      async ({ at }) => {
        const encrypt = ['pkey', '-aes128', '-passout', 'pass:x', '-in', at('ca.key'), '-out', at('new.key')];
        await mustRun('openssl', encrypt);
        await rename(at('new.key'), at('ca.key'));
      },
    ],
    ['with a torn ca.key', /not a private key/, ({ at }) => writeFile(at('ca.key'), 'torn')],
    [
      'with the ca.key of another CA',
      /not the key/,
      async ({ at }) => writeFile(at('ca.key'), await (await folderWithCa()).read('ca.key')),
    ],
    [
      'when another CA made it',
      /a different CA/,
      async ({ at }) => {
        const other = await folderWithCa();
        for (const name of ['ca.crt', 'ca.key']) await writeFile(at(name), await other.read(name));
      },
    ],
    ['without server.key', /missing/, ({ at }) => rm(at('server.key'))],
    [
      'with the server.key of another certificate',
      /not the key/,
      async ({ at, read }) => writeFile(at('server.key'), await read('ca.key')),
    ],
  ])('%s', async (_, why, spoil) => {
    const made = await aging();
    await spoil(made);
    const before = await made.read('server.crt');
    made.age(800);
    await expect(made.folder.renewServer()).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(why) as string,
      remedy: expect.any(String) as string,
    });
    expect(await made.read('server.crt')).toBe(before);
    expect(existsSync(made.at(renewedName))).toBe(false);
  });

  it('when the CA ends first: it is renewed up to the end of the CA, and then no more', async () => {
    const { folder, age } = await aging({ caDays: 840 });
    age(800);
    const caEnd = new Date(start.getTime() + 840 * dayMs);
    expect((await folder.renewServer())?.certificate.notAfter).toEqual(caEnd);
    age(827);
    await expect(folder.renewServer()).rejects.toEqual(refusal('configuration'));
  });

  it('when the clock is before the last line of the log', async () => {
    const { folder, age } = await aging();
    age(900);
    await folder.createDevice({ id: 'a' });
    age(800);
    await expect(folder.renewServer()).rejects.toEqual(refusal('configuration'));
  });

  it('when no client would take the new one', async () => {
    let at = start;
    const made = await emptyFolder(() => at);
    const source = await temporaryFolder();
    const of = (name: string) => readFile(path.join(source, name), 'utf8');
    const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
    const narrow = [...extensions, 'extendedKeyUsage=clientAuth'];
    await issue(source, { name: 'ca', subject: '/CN=CA', extensions });
    await made.folder.importCa({ certificatePem: await of('ca.crt'), keyPem: await of('ca.key') });
    await made.folder.createServer({ names: ['localhost'], ips: [] });
    const old = await made.read('server.crt');
    await issue(source, { name: 'narrow', subject: '/CN=CA', extensions: narrow, keyOf: 'ca' });
    await writeFile(made.at('ca.crt'), await of('narrow.crt'));
    at = new Date(start.getTime() + 800 * dayMs);
    await expect(made.folder.renewServer()).rejects.toEqual(refusal('configuration'));
    expect(await made.read('server.crt')).toBe(old);
  });

  it('in a folder that it may not write to', async () => {
    const { folder, age, dir, read } = await aging();
    const before = await read('server.crt');
    age(800);
    await chmod(dir, 0o500);
    try {
      const done = await folder.renewServer().then(
        () => 'renewed',
        () => 'refused',
      );
      // root writes everywhere
      expect(done).toBe(process.geteuid?.() === 0 ? 'renewed' : 'refused');
      if (done === 'refused') expect(await read('server.crt')).toBe(before);
    } finally {
      await chmod(dir, 0o700);
    }
  });
});
