import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { duplexPair } from 'node:stream';
import path from 'node:path';
import tls from 'node:tls';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { certificateInSession } from '../../../src/pki/session-certificate';
import { temporaryFolder } from '../../support/programs';
import { issue } from '../../support/test-pki';

let ca: Buffer;
let server: { readonly cert: Buffer; readonly key: Buffer };
let device: typeof server;
/** Issued below an intermediate, which is sent along; contains PEM and a field that looks like the session's. */
let odd: typeof server;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const certificates = openCertificateFolder(folder, { now: () => new Date() });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost'], ips: [] });
  await certificates.createDevice({ id: 'device-1' });
  const read = async (name: string) => ({
    cert: await readFile(path.join(folder, `${name}.crt`)),
    key: await readFile(path.join(folder, `${name}.key`)),
  });
  ca = await readFile(path.join(folder, 'ca.crt'));
  [server, device] = [await read('server'), await read('devices/device-1')];
  const like = Buffer.concat([Buffer.of(0xa3, 0x82, 2, 0), new X509Certificate(server.cert).raw]);
  const content = Buffer.concat([Buffer.alloc(4_000), like, Buffer.from('\n'), server.cert]);
  const der = content.toString('hex').match(/../g)?.join(':') ?? '';
  await issue(folder, {
    name: 'middle',
    subject: '/CN=Middle',
    extensions: ['basicConstraints=critical,CA:TRUE'],
    issuer: 'ca',
  });
  await issue(folder, {
    name: 'odd',
    subject: '/CN=odd',
    extensions: [`1.2.3.4=DER:${der}`],
    issuer: 'middle',
  });
  odd = await read('odd');
  odd = {
    key: odd.key,
    cert: Buffer.concat([odd.cert, await readFile(path.join(folder, 'middle.crt')), ca]),
  };
});

interface Accepted {
  readonly session: Buffer | undefined;
  readonly isResumed: boolean;
  readonly protocol: string | false | null;
  /** What Node returns. */
  readonly shown: Buffer | undefined;
}

/**
 * The server's side of a handshake: its session.
 * @param onTicket gets the client's ticket, if the server sends one: Node sends none in a resumed session
 */
async function sessionOf(
  client: tls.ConnectionOptions,
  maxVersion: tls.SecureVersion,
  onTicket?: (ticket: Buffer) => void,
) {
  const listener = tls.createServer({
    ...{ ...server, ca, maxVersion, requestCert: true, rejectUnauthorized: false },
    ALPNProtocols: ['h2', 'http/1.1'],
    ticketKeys: Buffer.alloc(48, 1),
    sessionIdContext: 'test',
  });
  const [near, far] = duplexPair();
  const accepted = new Promise<Accepted>((resolve) => {
    listener.once('secureConnection', (socket: tls.TLSSocket) => {
      resolve({
        session: socket.getSession(),
        isResumed: socket.isSessionReused(),
        protocol: socket.alpnProtocol,
        shown: socket.getPeerX509Certificate()?.raw,
      });
      socket.write('.');
    });
  });
  const socket = tls.connect({ ...client, ca, servername: 'localhost', socket: far });
  const ticket = onTicket === undefined ? undefined : once(socket, 'session');
  socket.resume();
  listener.emit('connection', near);
  const result = await accepted;
  if (ticket !== undefined) onTicket?.((await ticket)[0] as Buffer);
  socket.destroy();
  near.destroy();
  return result;
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('the certificate in a session of %s', (version) => {
  it.each([
    ['h2', 'plain'],
    ['http/1.1', 'plain'],
    ['h2', 'odd'],
    ['http/1.1', 'odd'],
  ])('is the one that Node returns, also when resumed: %s, %s', async (protocol, kind) => {
    const files = kind === 'odd' ? odd : device;
    const client = { ...files, ALPNProtocols: [protocol] };
    const leaf = new X509Certificate(files.cert).raw;
    let ticket: Buffer | undefined;
    const first = await sessionOf(client, version, (sent) => (ticket = sent));
    const second = await sessionOf(
      { ...client, ...(ticket === undefined ? {} : { session: ticket }) },
      version,
    );
    expect([first.isResumed, second.isResumed]).toEqual([false, true]);
    for (const { session, shown, protocol: spoken } of [first, second]) {
      expect(spoken).toBe(protocol);
      expect(shown?.equals(leaf)).toBe(true);
      expect(certificateInSession(session ?? Buffer.of())?.equals(leaf)).toBe(true);
    }
  });

  it('is missing if the peer showed none', async () => {
    const { session } = await sessionOf({}, version);
    expect(session).toBeInstanceOf(Buffer);
    expect(certificateInSession(session ?? Buffer.of())).toBeUndefined();
  });
});

it('nothing is found in what is not a session', () => {
  for (const bytes of ['', '04', '3003020101', '30050201', '30800201', '3005020101a309', '310402012aa300'])
    expect(certificateInSession(Buffer.from(bytes, 'hex'))).toBeUndefined();
});
