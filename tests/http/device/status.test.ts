import { once } from 'node:events';
import http2 from 'node:http2';
import path from 'node:path';
import tls from 'node:tls';
import Sqlite from 'libsql';
import { DomainError } from '../../../src/core/errors';
import type { OpenStore } from '../../../src/store/store';
import { protocols } from '../../support/device-client';
import { deviceFiles, readClientFiles } from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { onSqlite } from '../../support/test-database';
import { raucHeaders } from '../../support/rauc-poller';
import {
  board,
  type ConnectedDevice,
  person,
  type ReleasedFleet,
  startReleasedFleet,
} from '../../support/released-fleet';

const statusUrl = '/api/v1/status';

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

async function send({ client }: ConnectedDevice, body: string | Buffer): Promise<Answer> {
  const answer = await client.request(statusUrl, { 'content-type': 'application/json' }, 'POST', body);
  return { status: answer.status, json: JSON.parse(answer.body.toString()) as Record<string, unknown> };
}

const report = (device: ConnectedDevice, content: object) => send(device, JSON.stringify(content));

describe.each(protocols)('reports of scripts over %s', (protocol) => {
  let fleet: ReleasedFleet;
  let device: ConnectedDevice;
  const countedReports = () => {
    const counts = fleet.server.counts().protocols.get('status')?.reports ?? new Map<string, number>();
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  };

  beforeEach(async () => {
    fleet = await startReleasedFleet();
    device = await fleet.connect('dev-1', protocol);
  });
  afterEach(() => fleet.close());

  const state = async () => (await fleet.latest('dev-1'))?.state;

  it('tell how far an installation is, until the new system is good', async () => {
    await device.client.request(`/api/v1/manifest.json?compatible=${board}`);
    const { id } = (await fleet.latest('dev-1')) ?? {};
    const boot = { boot_id: 'boot-1', version: '1.0.0', transaction_id: 't-1' };
    expect(await report(device, { state: 'downloading', progress: 10, ...boot })).toEqual({
      status: 200,
      json: {
        installation: { id, bundle: 'v2.0.0.raucb', state: 'downloading', version: '2.0.0', attempts: 1 },
        understood: { running_version: '1.0.0', installed_version: null },
      },
    });
    await report(device, { state: 'installing', progress: 60.5, message: 'writing rootfs', ...boot });
    expect(await fleet.latest('dev-1')).toMatchObject({ progressPercent: 60.5, message: 'writing rootfs' });
    await report(device, { state: 'installed', ...boot });
    expect(await state()).toBe('installed');
    fleet.wait(60);
    const { json } = await report(device, { state: 'good', version: '2.0.0', boot_id: 'boot-2' });
    expect(json).toMatchObject({ installation: { id, state: 'proven' } });
    expect((await fleet.seen('dev-1')).facts).toMatchObject({ systemVersion: '2.0.0', bootId: 'boot-2' });
  });

  it('tell of a failure with its log, which people read', async () => {
    await device.rauc.poll();
    const log = `${'ä'.repeat(1000)}\n\u0000\u001b[31mno space\u001b[0m`.padEnd((64 << 10) - 1000, '.');
    expect(Buffer.byteLength(log)).toBe(64 << 10);
    const { json } = await report(device, { state: 'failed', message: 'no\r\nspace', log });
    expect(json).toMatchObject({ installation: { state: 'failed' } });
    const installation = await fleet.latest('dev-1');
    expect(installation?.message).toBe('no space');
    expect(
      (await fleet.services.manageDevices.log(installation?.id ?? 0)).log === log.replace('\0', '␀'),
    ).toBe(true);
    expect(await device.rauc.poll()).toMatchObject({ reason: 'failed-before' });
  });

  it('may come again, and change nothing more', async () => {
    await device.rauc.poll();
    await device.rauc.open('t-1');
    for (const told of ['downloading', 'installing', 'installed', 'failed']) {
      const content = { state: told, transaction_id: 't-1', log: told };
      const once = await report(device, content);
      const journal = await fleet.journal('dev-1');
      expect(await report(device, content)).toEqual(once);
      expect(await fleet.journal('dev-1')).toEqual(journal);
    }
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'failed', attempts: 1 });
  });

  it('may come in any order: none leads back', async () => {
    await device.rauc.poll();
    await report(device, { state: 'installed', transaction_id: 't-1' });
    await report(device, { state: 'installing', progress: 99, transaction_id: 't-1' });
    await report(device, { state: 'downloading', progress: 5, transaction_id: 't-1' });
    expect(await fleet.latest('dev-1')).toMatchObject({
      state: 'installed',
      progressPercent: 100,
      attempts: 1,
    });
  });

  it('name what runs and what was installed apart, and hear which version was understood', async () => {
    await device.rauc.poll();
    const both = { state: 'installed', running_version: '1.0.0', installed_version: '2.0.0', boot_id: 'b-1' };
    const { json } = await report(device, both);
    expect(json).toMatchObject({ understood: { running_version: '1.0.0', installed_version: '2.0.0' } });
    expect(json).not.toHaveProperty('hints');
    expect((await fleet.seen('dev-1')).facts.systemVersion).toBe('1.0.0');
    const other = await report(device, { state: 'installed', installed_version: '9.9.9' });
    expect(other.json['hints']).toHaveLength(1);
    const two = await report(device, { state: 'good', version: '1.0.0', running_version: '2.0.0' });
    expect(two).toMatchObject({ status: 400, json: { code: 'invalid-input' } });
  });

  it('that say good without a boot id hear what is missing', async () => {
    await device.client.request(`/api/v1/manifest.json?compatible=${board}`);
    const { json } = await report(device, { state: 'good', version: '2.0.0' });
    expect(JSON.stringify(json['hints'])).toContain('boot_id');
    expect((await report(device, { state: 'good', boot_id: 'b-2' })).json).not.toHaveProperty('hints');
  });

  it('may come late, and then say nothing of the installation that runs', async () => {
    await device.rauc.poll();
    await device.rauc.open('t-1');
    await device.rauc.open('t-2');
    await report(device, { state: 'failed', transaction_id: 't-1' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'downloading', transactionId: 't-2' });
  });

  it('change nothing for a device that has no installation', async () => {
    expect(await report(device, { state: 'installed' })).toEqual({
      status: 200,
      json: { installation: null },
    });
    expect(await report(device, { state: 'failed', log: 'x' })).toMatchObject({
      json: { installation: null },
    });
    expect(await fleet.journal('dev-1')).toEqual(['device.registered']);
  });

  it('may say with headers what they do not say in the body', async () => {
    await device.rauc.poll();
    const headers = { ...raucHeaders(board, '1.0.0', 'boot-1'), 'RAUC-Transaction-ID': 't-9' };
    await device.client.request(statusUrl, headers, 'POST', '{"state":"downloading"}');
    expect(await fleet.latest('dev-1')).toMatchObject({ transactionId: 't-9' });
  });

  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'JSON'],
    ['no JSON', '{"state":', 'JSON'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'UTF-8'],
    ['no object', '"installed"', 'object'],
    ['a list', '[]', 'object'],
    ['null', 'null', 'object'],
    ['no state', '{}', 'state'],
    ['an unknown state', '{"state":"done"}', 'state'],
    ['a progress beyond its end', '{"state":"installing","progress":101}', 'progress'],
    ['a progress in words', '{"state":"installing","progress":"50"}', 'progress'],
    ['a version that is no text', '{"state":"good","version":2}', 'version'],
    ['a version with a line break', '{"state":"good","version":"2\\n3"}', 'version'],
    ['a long transaction id', `{"state":"good","transaction_id":"${'x'.repeat(257)}"}`, 'transaction_id'],
    ['a compatible that is none', '{"state":"good","compatible":"\\u0001"}', 'compatible'],
    ['a long message', `{"state":"failed","message":"${'x'.repeat(1025)}"}`, 'message'],
    ['a log that is no text', '{"state":"failed","log":["x"]}', 'log'],
    ['a log beyond 64 KiB', JSON.stringify({ state: 'failed', log: 'ä'.repeat((32 << 10) + 1) }), 'log'],
    ['depth', `{"state":"failed","log":${'['.repeat(100_000)}`, 'JSON'],
  ])('are refused with a clear problem, and change nothing, when they are %s', async (_, body, about) => {
    await device.rauc.poll();
    await eventually(async () => (await fleet.latest('dev-1'))?.signature === 'read'); // kept after the answer
    const before = { installation: await fleet.latest('dev-1'), journal: await fleet.journal('dev-1') };
    const { status, json } = await send(device, body);
    expect({ status, code: json['code'] }).toEqual({ status: 400, code: 'invalid-input' });
    expect(json['detail']).toContain(about);
    expect({ installation: await fleet.latest('dev-1'), journal: await fleet.journal('dev-1') }).toEqual(
      before,
    );
    expect((await report(device, { state: 'downloading' })).status).toBe(200); // the connection goes on
    await eventually(() => fleet.server.counts().openRequests === 0);
  });

  // With PostgreSQL devices get 503 then (tests/e2e/postgres-away.test.ts).
  onSqlite.it(
    'are not taken while nothing can be written, and devices are answered all the same',
    async () => {
      await fleet.close();
      let isFull = false;
      const refuse = () => Promise.reject(new DomainError('storage-full', 'no space left'));
      const changeStore = ({ devices }: OpenStore): Partial<OpenStore> => ({
        devices: {
          ...devices,
          write: (write) => (isFull ? refuse() : devices.write(write)),
          writeSeen: (seen) => (isFull ? refuse() : devices.writeSeen(seen)),
          saveLog: (...log) => (isFull ? refuse() : devices.saveLog(...log)),
        },
      });
      fleet = await startReleasedFleet({ changeStore });
      device = await fleet.connect('dev-1', protocol);
      await device.rauc.poll();
      isFull = true;
      expect(await report(device, { state: 'downloading' })).toMatchObject({
        status: 507,
        json: { code: 'storage-full' },
      });
      expect((await report(device, { state: 'failed', log: 'x' })).status).toBe(507);
      expect((await device.rauc.poll()).statuses).toEqual([204]); // it is known to have failed, until a restart
      const other = await fleet.connect('dev-2', protocol);
      expect((await other.rauc.poll()).statuses).toEqual([307, 206]);
      expect(await other.rauc.install('t-1')).toMatchObject({ statuses: [307, 206] });
      expect(countedReports()).toBe(0);

      isFull = false;
      expect(await report(device, { state: 'failed', log: 'x' })).toMatchObject({ status: 200 });
      await fleet.services.runHousekeeping();
      await eventually(() => fleet.services.health().unsavedDevices === 0);
      const { dataDir, certsDir } = fleet;
      await fleet.close();
      fleet = await startReleasedFleet({ dataDir, certsDir, released: null });
      expect(await fleet.latest('dev-1')).toMatchObject({ state: 'failed' });
      expect(await fleet.latest('dev-2')).toMatchObject({ state: 'downloading', transactionId: 't-1' });
    },
  );

  onSqlite.it(
    'are not taken while another process keeps the database locked, and are once it does not',
    async () => {
      await device.rauc.poll();
      await device.rauc.open('t-1');
      const other = new Sqlite(path.join(fleet.dataDir, 'server.db'));
      other.exec('BEGIN IMMEDIATE');
      expect(await report(device, { state: 'failed', transaction_id: 't-1' })).toMatchObject({
        status: 503,
        json: { code: 'unavailable' },
      });
      expect(countedReports()).toBe(0);
      other.exec('ROLLBACK');
      other.close();
      expect(await report(device, { state: 'failed', transaction_id: 't-1' })).toMatchObject({ status: 200 });
      expect(await fleet.latest('dev-1')).toMatchObject({ state: 'failed' });
    },
    30_000,
  );

  it('do not tell of the progress of an installation that was cancelled', async () => {
    await device.rauc.poll();
    await device.rauc.open('t-1');
    await fleet.services.manageDevices.cancel('dev-1', person);
    await report(device, { state: 'installing', transaction_id: 't-1' });
    expect(await state()).toBe('cancelling');
    await report(device, { state: 'failed', transaction_id: 't-1' });
    expect(await state()).toBe('cancelled');
  });
});

describe('a body that is not a report', () => {
  let fleet: ReleasedFleet;
  beforeAll(async () => {
    fleet = await startReleasedFleet({ released: null, change: { bodyTimeoutMs: 300 } });
    await fleet.device('dev-1');
  });

  const isQuiet = () => eventually(() => fleet.server.counts().openRequests === 0);

  it.each(protocols)('gets its answer although it is far too large, over %s', async (protocol) => {
    const device = await fleet.connect('dev-1', protocol);
    const { status, json } = await send(device, Buffer.alloc(2 << 20, 'x'));
    expect({ status, code: json['code'] }).toEqual({ status: 413, code: 'too-large' });
    expect((await report(device, { state: 'good' })).status).toBe(200);
    await isQuiet();
  });

  /** Sends text over TLS as it is. @returns what came until the server, or a whole answer, ended it */
  async function speak(...texts: string[]): Promise<string> {
    const files = await readClientFiles(deviceFiles(fleet.certsDir, 'dev-1'));
    const port = fleet.server.address.port;
    const socket = tls.connect({ ...files, host: 'localhost', port, ALPNProtocols: ['http/1.1'] });
    let answer = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    for (const text of texts) socket.write(text);
    await once(socket, 'close');
    return answer;
  }

  const head = (...lines: string[]) =>
    ['POST /api/v1/status HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');
  const statuses = (text: string) =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const last = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  it.each<[string, string[], number[]]>([
    ['stalls', [head('Content-Length: 100'), '{"state":'], [400]],
    ['is shorter than it says', [head('Content-Length: 100'), '{"state":"good"}'], [400]],
    ['is longer than it says', [head('Content-Length: 16'), '{"state":"good"}garbage\r\n\r\n'], [400]],
    ['stalls in a chunk', [head('Transfer-Encoding: chunked'), '10\r\n{"state":'], [400]],
    [
      'comes in chunks',
      [head('Transfer-Encoding: chunked'), '10\r\n{"state":"good"}\r\n0\r\n\r\n', last],
      [200, 200],
    ],
    ['has broken chunks', [head('Transfer-Encoding: chunked'), 'zz\r\n{}\r\n0\r\n\r\n'], [400]],
    [
      'asks first',
      [head('Content-Length: 16', 'Expect: 100-continue'), '{"state":"good"}', last],
      [100, 200, 200],
    ],
    ['asks first and is too large', [head('Content-Length: 9999999', 'Expect: 100-continue')], [413]],
    ['has no length', [head(), last], [400, 200]],
  ])('that %s leaves no connection behind over HTTP/1.1', async (_, texts, expected) => {
    const before = fleet.server.counts().connections;
    expect(statuses(await speak(...texts))).toEqual(expected);
    await isQuiet();
    await eventually(() => fleet.server.counts().connections === before);
  });

  it.each<[string, string, http2.OutgoingHttpHeaders, number | undefined]>([
    ['stalls', '{"state":', {}, 400],
    ['is shorter than it says', '{"state":"good"}', { 'content-length': 100 }, 400],
    ['is longer than it says', '{"state":"good"}', { 'content-length': 4 }, undefined],
    ['says that it is too large', '', { 'content-length': 9_999_999 }, 413],
  ])('that %s leaves no stream behind over HTTP/2', async (_, body, headers, expected) => {
    const session = http2.connect(fleet.url, await readClientFiles(deviceFiles(fleet.certsDir, 'dev-1')));
    session.on('error', () => undefined);
    const stream = session.request(
      { ...headers, ':method': 'POST', ':path': statusUrl },
      { endStream: false },
    );
    stream.on('error', () => undefined);
    if (body !== '') stream.write(body);
    let status: number | undefined;
    stream.once('response', (answer) => (status = answer[':status']));
    stream.resume();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(status).toBe(expected);
    await isQuiet();
    const { status: next } = await (await fleet.connect('dev-1', 'HTTP/2')).client.request('/health');
    expect(next).toBe(200);
    session.destroy();
  });

  it('of which many are open at once is refused beyond a few, which bounds what they hold', async () => {
    const session = http2.connect(fleet.url, await readClientFiles(deviceFiles(fleet.certsDir, 'dev-1')));
    session.on('error', () => undefined);
    const answers = Array.from({ length: 20 }, () => {
      const stream = session.request({ ':method': 'POST', ':path': statusUrl }, { endStream: false });
      stream.on('error', () => undefined).resume();
      return once(stream, 'response').then(
        ([headers]) => (headers as http2.IncomingHttpStatusHeader)[':status'],
      );
    });
    const statusesOf = await Promise.all(answers);
    expect(statusesOf.filter((status) => status === 429)).toHaveLength(12);
    expect(statusesOf.filter((status) => status === 400)).toHaveLength(8); // these stalled
    await isQuiet();
    session.destroy();
  });

  it('that ends with its connection leaves nothing behind', async () => {
    const files = await readClientFiles(deviceFiles(fleet.certsDir, 'dev-1'));
    const session = http2.connect(fleet.url, files);
    session.on('error', () => undefined);
    const stream = session.request({ ':method': 'POST', ':path': statusUrl }, { endStream: false });
    stream.on('error', () => undefined);
    stream.write('{');
    await eventually(() => fleet.server.counts().openRequests === 1);
    session.destroy();
    await isQuiet();
  });
});
