import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { deviceIdentity } from '../../src/pki/device-identity';
import { ensureCertificates } from '../../src/pki/ensure-certificates';
import { loadServerTls } from '../../src/pki/server-tls';
import { emptyFolder, type TestFolder } from '../support/certificate-folder';
import { mustRun, run, temporaryFolder, type ProgramResult } from '../support/programs';
import { issue } from '../support/test-pki';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A small server with the made certificates, which demands one of every client and answers with who it is. */
async function serve({ dir }: TestFolder): Promise<string> {
  const { cert, key, ca } = await loadServerTls(dir);
  const server = createServer(
    { cert, key, ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const { socket } = request;
      const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      response.end(JSON.stringify(peer === undefined ? null : deviceIdentity(peer)));
    },
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
}

function curl(made: TestFolder, url: string, ...args: string[]): Promise<ProgramResult> {
  return run('curl', ['-sS', '--max-time', '60', '--cacert', made.at('ca.crt'), ...args, url]);
}

const device = ({ at }: TestFolder, id: string): string[] => [
  ...['--cert', at('devices', `${id}.crt`), '--key', at('devices', `${id}.key`)],
];

describe('with curl', () => {
  it.each([
    ['TLS 1.2', ['--tls-max', '1.2']],
    ['TLS 1.3', ['--tlsv1.3']],
  ])('a device gets in over %s, with an EC, an RSA and an own key', async (_, version) => {
    const made = await emptyFolder();
    await ensureCertificates(made.dir, { hosts: [], now: () => new Date() });
    await made.folder.createDevice({ id: 'ec-1', compatibles: ['acme gw'] });
    await made.folder.createDevice({ id: 'rsa-1', key: 'rsa' });
    const own = path.join(await temporaryFolder(), 'own');
    await mustRun('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', `${own}.key`, '-subj', '/CN=own-1', '-out', `${own}.csr`],
    ]);
    const csrPem = await readFile(`${own}.csr`, 'utf8');
    const { written } = await made.folder.createDevice({ id: 'own-1', csrPem });
    const url = await serve(made);

    const ask = async (...args: string[]): Promise<unknown> => {
      const { stdout, stderr, code } = await curl(made, url, ...version, ...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    expect(await ask(...device(made, 'ec-1'))).toMatchObject({
      identity: { id: 'ec-1', compatibles: ['acme gw'] },
    });
    expect(await ask(...device(made, 'rsa-1'))).toMatchObject({ identity: { id: 'rsa-1', compatibles: [] } });
    expect(await ask('--cert', written[0] ?? '', '--key', `${own}.key`)).toMatchObject({
      identity: { id: 'own-1' },
    });

    const refused = async (...args: string[]): Promise<void> => {
      expect((await curl(made, url, ...version, ...args)).code).not.toBe(0);
    };
    await refused();
    await refused('--cert', made.at('server.crt'), '--key', made.at('server.key'));
    const stranger = await emptyFolder();
    await stranger.folder.createCa({});
    await stranger.folder.createDevice({ id: 'ec-1' });
    await refused(...device(stranger, 'ec-1'));
  });

  it('the server is known by each of its names and by no other', async () => {
    const made = await emptyFolder();
    await made.folder.createCa({});
    await made.folder.createServer({
      names: ['updates.example.com', '*.fleet.example.com'],
      ips: ['127.0.0.1'],
    });
    await made.folder.createDevice({ id: 'a' });
    const { port } = new URL(await serve(made));
    const reach = async (host: string): Promise<number> => {
      const resolve = ['--resolve', `${host}:${port}:127.0.0.1`];
      return (await curl(made, `https://${host}:${port}/`, ...resolve, ...device(made, 'a'))).code;
    };
    const notItsName = 60;
    expect(await reach('updates.example.com')).toBe(0);
    expect(await reach('a.fleet.example.com')).toBe(0);
    expect(await reach('127.0.0.1')).toBe(0);
    expect(await reach('localhost')).toBe(notItsName);
    expect(await reach('a.b.fleet.example.com')).toBe(notItsName);
  });

  it('a device certificate cannot pretend to be the server', async () => {
    const made = await emptyFolder();
    await made.folder.createCa({});
    await made.folder.createDevice({ id: 'localhost' });
    const [cert, key] = [
      await made.read('devices', 'localhost.crt'),
      await made.read('devices', 'localhost.key'),
    ];
    const server = createServer({ cert, key }, (_, response) => response.end('gotcha'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    expect((await curl(made, url)).code).not.toBe(0);
  });

  it.each(['rsa', 'ec-p384'] as const)(
    'all works under an imported CA with a key of kind %s',
    async (key) => {
      const source = await temporaryFolder();
      await issue(source, {
        name: 'old',
        key,
        subject: '/O=Acme/CN=Old CA',
        extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
      });
      const made = await emptyFolder();
      await made.folder.importCa({
        certificatePem: await readFile(path.join(source, 'old.crt'), 'utf8'),
        keyPem: await readFile(path.join(source, 'old.key'), 'utf8'),
      });
      await ensureCertificates(made.dir, { hosts: [], now: () => new Date() });
      await made.folder.createDevice({ id: 'a' });
      const { code, stdout } = await curl(made, await serve(made), ...device(made, 'a'));
      expect({ code, answer: JSON.parse(stdout) as unknown }).toMatchObject({
        code: 0,
        answer: { identity: { id: 'a' } },
      });
    },
  );

  it('devices of the old CA get in while it stays in ca.crt beside the new one', async () => {
    const made = await emptyFolder();
    await made.folder.createCa({});
    await made.folder.createDevice({ id: 'old-1' });
    const oldCa = await made.read('ca.crt');
    await made.folder.createCa({ force: true });
    await writeFile(made.at('ca.crt'), (await made.read('ca.crt')) + oldCa);
    await made.folder.createServer({ names: ['localhost'], ips: [] });
    await made.folder.createDevice({ id: 'new-1' });
    const url = await serve(made);
    for (const id of ['old-1', 'new-1']) expect((await curl(made, url, ...device(made, id))).code).toBe(0);
  });
});
