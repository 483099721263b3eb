import { once } from 'node:events';
import { appendFile, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import {
  type ClientFiles,
  deviceFiles,
  type DeviceListener,
  startDeviceListener,
} from '../../support/device-listener';
import { originalCertificate, originalFolder } from '../../support/original-certificate';
import { run, temporaryFolder } from '../../support/programs';
import { issue, type Issue } from '../../support/test-pki';

const ca = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const deviceOnly = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'];
const says = (...more: string[]) => [...ca, 'subjectKeyIdentifier=hash', ...more];

/** A company: Root, under it Devices, Others and Web; under Devices a Line. */
let company: string;
const at = (name: string) => path.join(company, name);

beforeAll(async () => {
  company = await temporaryFolder();
  const make = (name: string, extensions: readonly string[], issuer?: string, more: Partial<Issue> = {}) =>
    issue(company, {
      name,
      subject: `/O=Acme/CN=${name}`,
      extensions,
      ...(issuer === undefined ? {} : { issuer }),
      ...more,
    });
  await make('root', says());
  for (const name of ['devices', 'others']) await make(name, says(), 'root');
  await make('web', says('extendedKeyUsage=serverAuth'), 'root');
  await make('line', says(), 'devices');
  await make('b-devices', deviceOnly, 'devices');
  await make('b-others', deviceOnly, 'others');
  await make('b-web', deviceOnly, 'web');
  await make('b-line', deviceOnly, 'line');
  await make('b-root', deviceOnly, 'root');
  await make('b-plain', ['basicConstraints=critical,CA:FALSE'], 'devices');
  // Under the same root, with the name of Devices and a key of its own.
  await mkdir(at('namesake'));
  for (const suffix of ['crt', 'key']) await copyFile(at(`root.${suffix}`), at(`namesake/root.${suffix}`));
  const namesake = { extensions: says(), issuer: 'root', subject: '/O=Acme/CN=devices' };
  await issue(at('namesake'), { name: 'devices', ...namesake });
  await issue(at('namesake'), {
    ...{ name: 'b', issuer: 'devices', subject: '/CN=b-namesake', extensions: deviceOnly },
  });
  await make('stranger', says());
});

/** Files of a device that shows these certificates above its own. */
async function showing(name: string, ...above: string[]): Promise<ClientFiles> {
  const cert = path.join(await temporaryFolder(), 'chain.pem');
  const pems = await Promise.all([name, ...above].map((one) => readFile(at(`${one}.crt`), 'utf8')));
  await writeFile(cert, pems.join(''));
  return { cert, key: at(`${name}.key`), ca: at('root.crt') };
}

/** A listener whose `ca.crt` has these CAs, imported without a key; its own certificate is of Devices. */
async function listenerFor(...cas: string[]): Promise<DeviceListener> {
  const certsDir = path.join(await temporaryFolder(), 'certs');
  const folder = openCertificateFolder(certsDir, { now: () => new Date() });
  const pems = await Promise.all(cas.map((name) => readFile(at(`${name}.crt`), 'utf8')));
  await folder.importCa({ certificatePem: pems.join('') });
  await issue(company, {
    name: 'server',
    subject: '/CN=localhost',
    extensions: ['subjectAltName=DNS:localhost', 'extendedKeyUsage=serverAuth'],
    issuer: 'devices',
  });
  const chain = [await readFile(at('server.crt'), 'utf8'), await readFile(at('devices.crt'), 'utf8')];
  await writeFile(path.join(certsDir, 'server.crt'), chain.join(''));
  await copyFile(at('server.key'), path.join(certsDir, 'server.key'));
  return startDeviceListener({ certsDir });
}

/** What curl gets from `/health`; an empty text when it was refused. */
async function ask(
  { url, certsDir }: DeviceListener,
  files: ClientFiles,
  ...args: string[]
): Promise<string> {
  const { stdout } = await run('curl', [
    ...['-sS', '--fail', '--max-time', '60', '--cacert', path.join(certsDir, 'ca.crt')],
    ...['--cert', files.cert, '--key', files.key, ...args, `${url}/health`],
  ]);
  return stdout;
}

const versions = [
  ['TLS 1.2', ['--tls-max', '1.2']],
  ['TLS 1.3', ['--tlsv1.3']],
] as const;

describe.each(versions)('an intermediate alone in ca.crt, over %s', (_, version) => {
  let listener: DeviceListener;
  beforeAll(async () => {
    listener = await listenerFor('devices');
  });

  it('lets its devices in, whether they send it or not, and the root too', async () => {
    for (const above of [[], ['devices'], ['devices', 'root']]) {
      expect(await ask(listener, await showing('b-devices', ...above), ...version)).toContain('ok');
    }
  });

  it('lets in devices of a CA below it, when they send that', async () => {
    expect(await ask(listener, await showing('b-line', 'line'), ...version)).toContain('ok');
    expect(await ask(listener, await showing('b-line'), ...version)).toBe('');
  });

  it('refuses devices of the root and of its other intermediates, whatever they send', async () => {
    const strangers = [
      ['b-others'],
      ['b-others', 'others'],
      ['b-others', 'others', 'root'],
      ['b-root', 'root'],
    ];
    for (const [name = '', ...above] of strangers) {
      expect(await ask(listener, await showing(name, ...above), ...version)).toBe('');
    }
    const { cert, key } = { cert: at('namesake/b.crt'), key: at('namesake/b.key') };
    expect(await ask(listener, { cert, key, ca: '' }, ...version)).toBe('');
  });
});

describe('an intermediate and its root in ca.crt', () => {
  let listener: DeviceListener;
  beforeAll(async () => {
    listener = await listenerFor('devices', 'root');
  });

  it('let in the devices of both, whether they send their intermediate or not', async () => {
    expect(await ask(listener, await showing('b-devices'))).toContain('ok');
    expect(await ask(listener, await showing('b-devices', 'devices'))).toContain('ok');
    expect(await ask(listener, await showing('b-line', 'line', 'devices'))).toContain('ok');
    expect(await ask(listener, await showing('b-root'))).toContain('ok');
  });

  it("refuse devices of the root's other intermediates, also of one with the same name, and count them", async () => {
    const before = listener.server.counts().refusals.get('unknown-ca') ?? 0;
    expect(await ask(listener, await showing('b-others', 'others'))).toBe('');
    expect(await ask(listener, await showing('b-others', 'others', 'devices'))).toBe('');
    const chain = path.join(await temporaryFolder(), 'chain.pem');
    await writeFile(chain, await readFile(at('namesake/b.crt')));
    await appendFile(chain, await readFile(at('namesake/devices.crt')));
    expect(await ask(listener, { cert: chain, key: at('namesake/b.key'), ca: '' })).toBe('');
    expect(listener.server.counts().refusals.get('unknown-ca')).toBe(before + 3);
    const reasons = listener.lines.filter(({ message }) => message === 'connection refused');
    expect(JSON.stringify(reasons)).toContain('CN=others');
  });
});

describe('a root alone in ca.crt', () => {
  let listener: DeviceListener;
  beforeAll(async () => {
    listener = await listenerFor('root');
  });

  it('still lets in devices that send their intermediate', async () => {
    expect(await ask(listener, await showing('b-devices', 'devices'))).toContain('ok');
    expect(await ask(listener, await showing('b-line', 'line', 'devices'))).toContain('ok');
  });

  it('refuses intermediates of another root, and CAs that may not issue for TLS clients', async () => {
    expect(await ask(listener, await showing('b-devices', 'stranger'))).toBe('');
    expect(await ask(listener, await showing('b-web', 'web'))).toBe('');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'knows the intermediate again when a session of %s is resumed without it',
    async (maxVersion) => {
      const files = await showing('b-line', 'line', 'devices');
      const connect = async (session?: Buffer) => {
        const socket = tls.connect({
          ...{ host: 'localhost', port: listener.server.address.port, maxVersion },
          ...{
            cert: await readFile(files.cert),
            key: await readFile(files.key),
            ca: await readFile(files.ca),
          },
          ...(session === undefined ? {} : { session }),
        });
        const got = once(socket, 'session') as Promise<[Buffer]>;
        got.catch(() => undefined);
        let text = '';
        socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        let isReused = false;
        socket.once('secureConnect', () => (isReused = socket.isSessionReused()));
        await once(socket, 'close');
        return { isReused, text, session: got };
      };
      const [session] = await (await connect()).session;
      const resumed = await connect(session);
      expect(resumed.isReused).toBe(true);
      expect(resumed.text).toMatch(/^HTTP\/1\.1 200/);
    },
  );
});

it('a CA in ca.crt that may not issue for TLS clients lets nobody in', async () => {
  const listener = await listenerFor('devices');
  await appendFile(path.join(listener.certsDir, 'ca.crt'), await readFile(at('web.crt')));
  listener.server.reload(await listener.tls());
  expect(await ask(listener, await showing('b-web'))).toBe('');
  expect(await ask(listener, await showing('b-devices'))).toContain('ok');
});

it('a CA that is added to ca.crt while the server runs lets its devices in, and narrows the root', async () => {
  const listener = await listenerFor('root');
  expect(await ask(listener, await showing('b-others', 'others'))).toContain('ok');
  await appendFile(path.join(listener.certsDir, 'ca.crt'), await readFile(at('devices.crt')));
  listener.server.reload(await listener.tls());
  expect(await ask(listener, await showing('b-others', 'others'))).toBe('');
  expect(await ask(listener, await showing('b-devices', 'devices'))).toContain('ok');
});

describe('a certificate that does not say what it is for', () => {
  /** X.509 v3 without extended key usage, of any CA with its key in the folder. */
  async function withoutPurpose(certsDir: string, id: string): Promise<ClientFiles> {
    const folder = await temporaryFolder();
    for (const name of ['ca.crt', 'ca.key'])
      await copyFile(path.join(certsDir, name), path.join(folder, name));
    const extensions = ['basicConstraints=critical,CA:FALSE'];
    await issue(folder, { name: id, subject: `/CN=${id}`, issuer: 'ca', extensions });
    const file = (suffix: string) => path.join(folder, `${id}.${suffix}`);
    return { cert: file('crt'), key: file('key'), ca: path.join(certsDir, 'ca.crt') };
  }

  it('is let in where the folder was taken over from the original, and named', async () => {
    const listener = await startDeviceListener({ certsDir: await originalFolder() });
    const old = await originalCertificate(listener.certsDir, 'old-1');
    expect(await ask(listener, old)).toContain('ok');
    expect(await ask(listener, await withoutPurpose(listener.certsDir, 'old-2'))).toContain('ok');
    expect(listener.server.oldCertificates()).toEqual(['old-1', 'old-2']);
    await listener.certificates.createDevice({ id: 'old-1' });
    expect(await ask(listener, deviceFiles(listener.certsDir, 'old-1'))).toContain('ok');
    expect(listener.server.oldCertificates()).toEqual(['old-2']);
  });

  it('still is when certificates were made there since, and the CA was written again', async () => {
    const certsDir = await originalFolder();
    const folder = openCertificateFolder(certsDir, { now: () => new Date() });
    await folder.createServer({ names: ['localhost'], ips: [], force: true });
    await folder.createDevice({ id: 'new-1' });
    const certificatePem = await readFile(path.join(certsDir, 'ca.crt'), 'utf8');
    const keyPem = await readFile(path.join(certsDir, 'ca.key'), 'utf8');
    await folder.importCa({ certificatePem, keyPem, force: true });
    const listener = await startDeviceListener({ certsDir });
    expect(await ask(listener, await originalCertificate(certsDir, 'old-1'))).toContain('ok');
  });

  it('is refused of a CA that was made here, with or without the log, and counted', async () => {
    const listener = await startDeviceListener();
    await run('rm', [path.join(listener.certsDir, 'issued.jsonl')]);
    listener.server.reload(await listener.tls());
    expect(await ask(listener, await originalCertificate(listener.certsDir, 'old-1'))).toBe('');
    expect(await ask(listener, await withoutPurpose(listener.certsDir, 'old-2'))).toBe('');
    expect(listener.server.counts().refusals.get('old-certificate')).toBe(2);
    expect(await ask(listener, await listener.device('board-1'))).toContain('ok');
  });

  it('is refused of a CA that was imported here', async () => {
    const listener = await listenerFor('devices', 'root');
    expect(await ask(listener, await showing('b-plain'))).toBe('');
    const made = await startDeviceListener({ certsDir: await importedOriginal() });
    expect(await ask(made, await originalCertificate(made.certsDir, 'old-1'))).toBe('');
    expect(await ask(made, await made.device('board-1'))).toContain('ok');
  });

  /** The CA of an original server, imported into a folder of ours. */
  async function importedOriginal(): Promise<string> {
    const source = await originalFolder();
    const certsDir = path.join(await temporaryFolder(), 'certs');
    const folder = openCertificateFolder(certsDir, { now: () => new Date() });
    const read = (name: string) => readFile(path.join(source, name), 'utf8');
    await folder.importCa({ certificatePem: await read('ca.crt'), keyPem: await read('ca.key') });
    await folder.createServer({ names: ['localhost'], ips: [] });
    return certsDir;
  }

  it.each([
    ['accept', 'a CA that was made here', undefined, 'ok'],
    ['refuse', 'the original', originalFolder, ''],
  ] as const)('OLD_CERTIFICATES=%s decides for %s', async (oldCertificates, _, folder, answer) => {
    const certsDir = await folder?.();
    const listener = await startDeviceListener({
      oldCertificates,
      ...(certsDir === undefined ? {} : { certsDir }),
    });
    const text = await ask(listener, await originalCertificate(listener.certsDir, 'old-1'));
    if (answer === '') expect(text).toBe('');
    else expect(text).toContain(answer);
  });
});
