import { constants, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chooseCores } from '../../../../bench/compare/cores';
import { type Load, openLoad } from '../../../../bench/compare/load';
import { folderWithCa, type TestFolder } from '../../../support/certificate-folder';
import { curlLoadProgram } from '../../../support/curl-load';
import { deviceFiles } from '../../../support/device-listener';
import { temporaryFolder } from '../../../support/programs';

const body = randomBytes(4 << 20);
let certs: TestFolder;
let copyPath: string;
let loadProgram: string;
const servers: Server[] = [];

beforeAll(async () => {
  certs = await folderWithCa();
  await certs.folder.createServer({ names: ['localhost'], ips: [] });
  await certs.folder.createDevice({ id: 'bench' });
  copyPath = path.join(await temporaryFolder(), 'body');
  await writeFile(copyPath, body);
  loadProgram = await curlLoadProgram();
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: RequestListener, options: ServerOptions = {}): Promise<Server> {
  const [cert, key, ca] = await Promise.all(
    ['server.crt', 'server.key', 'ca.crt'].map((name) => readFile(certs.at(name))),
  );
  const server = createServer({ cert, key, ca, requestCert: true, ...options }, answer).listen(
    0,
    '127.0.0.1',
  );
  servers.push(server);
  await once(server, 'listening');
  return server;
}

async function open(listening: Server, change: Partial<Load>) {
  const { ca, ...device } = deviceFiles(certs.dir, 'bench');
  return openLoad(
    { loadProgram, cores: chooseCores() },
    {
      url: `https://localhost:${(listening.address() as AddressInfo).port}/`,
      protocol: 'HTTP/1.1',
      ...{ copyPath, ca, devices: [device], requests: 4, parallel: 2, rangeBytes: 0, connections: 'kept' },
      ...change,
    },
  );
}

async function loaded(answer: RequestListener, change: Partial<Load> = {}, options: ServerOptions = {}) {
  const load = await open(await listen(answer, options), change);
  try {
    return await load.run();
  } finally {
    await load.close();
  }
}

const send =
  (status: number, content: Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-length': content.length, ...headers }).end(content);
const good = send(200, body);

it('counts what was asked for, but not what warmed the server up', async () => {
  expect(await loaded(good)).toMatchObject({ requests: 4, connections: 0, bytes: 4 * body.length });
  expect(await loaded(good, { connections: 'new' })).toMatchObject({ connections: 4, resumed: 0 });
  const resumed = await loaded(good, { connections: 'resumed', parallel: 1, requests: 10 });
  expect(resumed).toMatchObject({ requests: 10, connections: 10, resumed: 5 });
});

it.each<[string, RequestListener, RegExp]>([
  [
    'another byte',
    send(200, Buffer.concat([body.subarray(0, -1), Buffer.of(0)])),
    /6 answers had wrong bytes/,
  ],
  ['a byte less', send(200, body.subarray(0, -1)), /wrong bytes/],
  ['a byte more', send(200, Buffer.concat([body, Buffer.of(0)])), /wrong bytes/],
  ['another status', send(500, body), /status 500/],
  ['206 without a range', send(206, body), /status 206/],
  ['connections that end', send(200, body, { connection: 'close' }), /connections were not kept/],
  [
    'half of the body, and the end of the connection',
    (_, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    },
    /requests failed, the first one/,
  ],
])('fails when the answer is %s', async (_what, answer, told) => {
  await expect(loaded(answer)).rejects.toThrow(told);
});

it('fails when a range is answered with the whole', async () => {
  await expect(loaded(good, { rangeBytes: 4096 })).rejects.toThrow(/status 200/);
});

it('fails when no TLS session resumes where they should', async () => {
  const noTickets = { secureOptions: constants.SSL_OP_NO_TICKET, maxVersion: 'TLSv1.2' as const };
  await expect(loaded(good, { connections: 'resumed' }, noTickets)).rejects.toThrow('0 of 4 connections');
});

it('fails when nobody listens any more', async () => {
  const load = await open(await listen(good), { connections: 'new' });
  servers[0]?.close();
  await expect(load.run()).rejects.toThrow(/4 requests failed, the first one: .*connect/i);
  await load.close();
});

it.each(['kept', 'stalled'] as const)(
  'gives up when a server takes %s connections and never answers',
  async (connections) => {
    const silent: RequestListener = () => undefined;
    await expect(loaded(silent, { connections, patienceSeconds: 1 })).rejects.toThrow(
      /1 requests failed, the first one: .*nothing arrived for 1 s, 2 in progress/,
    );
  },
);

describe('downloads that are held up', () => {
  const stalled = { connections: 'stalled', requests: 3 } as const;

  it('stay until they are let go', async () => {
    expect(await loaded(good, stalled)).toMatchObject({ requests: 3, errors: 0, wrong: 0 });
  });

  it('fail when their first bytes are wrong', async () => {
    await expect(loaded(send(200, Buffer.alloc(body.length)), stalled)).rejects.toThrow('wrong bytes');
  });
});
