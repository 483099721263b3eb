import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { duplexPair } from 'node:stream';
import path from 'node:path';
import tls from 'node:tls';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { certificateInSession } from '../../../src/pki/session-certificate';
import { temporaryFolder } from '../../support/programs';

let ca: Buffer;
let server: { readonly cert: Buffer; readonly key: Buffer };
let device: typeof server;

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
});

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
    ticketKeys: Buffer.alloc(48, 1),
    sessionIdContext: 'test',
  });
  const [near, far] = duplexPair();
  const accepted = new Promise<{ session: Buffer | undefined; isResumed: boolean }>((resolve) => {
    listener.once('secureConnection', (socket: tls.TLSSocket) => {
      resolve({ session: socket.getSession(), isResumed: socket.isSessionReused() });
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
  it('is the one that the peer showed, in a resumed session too', async () => {
    const { raw } = new X509Certificate(device.cert);
    let ticketOfFirst: Buffer | undefined;
    const first = await sessionOf(device, version, (ticket) => (ticketOfFirst = ticket));
    const second = await sessionOf(
      { ...device, ...(ticketOfFirst === undefined ? {} : { session: ticketOfFirst }) },
      version,
    );
    expect([first.isResumed, second.isResumed]).toEqual([false, true]);
    for (const { session } of [first, second])
      expect(certificateInSession(session ?? Buffer.of())).toEqual(raw);
  });

  it('is missing if the peer showed none', async () => {
    const { session } = await sessionOf({}, version);
    expect(session).toBeInstanceOf(Buffer);
    expect(certificateInSession(session ?? Buffer.of())).toBeUndefined();
  });
});

it('nothing is found in what is no session', () => {
  for (const bytes of ['', '04', '3003020101', '30050201', '30800201', '3005020101a309', '310402012aa300'])
    expect(certificateInSession(Buffer.from(bytes, 'hex'))).toBeUndefined();
});
