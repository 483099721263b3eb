import tls from 'node:tls';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof versions)[number];

const dayMs = 86_400_000;

/** Sends one request, with a session of an earlier connection if there is one. */
async function ask(listener: DeviceListener, files: ClientFiles, version: Version, session?: Buffer) {
  const socket = tls.connect({
    ...(await readClientFiles(files)),
    port: listener.server.address.port,
    servername: 'localhost',
    maxVersion: version,
    rejectUnauthorized: false, // the server's certificate may be of another CA by now
    ...(session === undefined ? {} : { session }),
  });
  const sessions: Buffer[] = [];
  socket.on('session', (made: Buffer) => sessions.push(made));
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
  socket.on('error', () => undefined);
  let isReused = false;
  socket.once('secureConnect', () => (isReused = socket.isSessionReused()));
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve)); // after an error, too
  return { isReused, status: answer.slice(9, 12), session: sessions.at(-1) };
}

describe('two servers with the same files', () => {
  let now: Date;
  let first: DeviceListener;
  let second: DeviceListener;

  async function startPair(change: { readonly sharesTickets?: boolean } = { sharesTickets: true }) {
    now = new Date();
    const options = { now: () => now, change: { ticketCheckMs: 10, ...change } };
    first = await startDeviceListener(options);
    second = await startDeviceListener({ ...options, certsDir: first.certsDir });
  }

  /** A device with a session that the first one made. */
  async function known(id: string, version: Version) {
    const files = await first.device(id);
    const { session, status } = await ask(first, files, version);
    expect(status).toBe('200');
    if (session === undefined) throw new Error('the server gave no ticket');
    return { files, session };
  }

  it.each(versions)('resume each other’s sessions with %s', async (version) => {
    await startPair();
    const { files, session } = await known('board-1', version);
    expect(await ask(second, files, version, session)).toMatchObject({ isReused: true, status: '200' });
  });

  it.each(versions)('do not where sessions end with the process, with %s', async (version) => {
    await startPair({});
    const { files, session } = await known('board-1', version);
    expect(await ask(first, files, version, session)).toMatchObject({ isReused: true, status: '200' });
    const { session: another } = await known('board-2', version);
    expect(await ask(second, files, version, another)).toMatchObject({ isReused: false, status: '200' });
  });

  it.each(versions)('refuse a resumed session of a revoked certificate with %s', async (version) => {
    await startPair();
    const { files, session } = await known('board-1', version);
    second.revoked.add(first.serials.get('board-1') ?? '');
    expect(await ask(second, files, version, session)).toMatchObject({ isReused: true, status: '403' });
  });

  it.each(versions)('refuse a resumed session of a retired CA with %s', async (version) => {
    await startPair();
    const { files, session } = await known('board-1', version);
    const { cert, key } = await second.tls();
    await first.certificates.createCa({ force: true });
    // With the server's key as it was: only the CA has changed.
    second.server.reload({ cert, key, ca: (await second.tls()).ca });
    expect(await ask(second, files, version, session)).toMatchObject({ isReused: false, status: '' });
  });

  it('have other keys on another day, and resume sessions of that day', async () => {
    await startPair();
    const { files, session } = await known('board-1', 'TLSv1.2');
    now = new Date(now.getTime() + dayMs);
    await eventually(async () => !(await ask(second, files, 'TLSv1.2', session)).isReused);
    await eventually(async () => !(await ask(first, files, 'TLSv1.2', session)).isReused);
    const { session: next } = await ask(first, files, 'TLSv1.2');
    expect(await ask(second, files, 'TLSv1.2', next)).toMatchObject({ isReused: true, status: '200' });
  });
});
