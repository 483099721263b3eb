/**
 * The least that Node needs to serve what devices and CI request: mutual TLS as in our device listener, a bundle and a
 * manifest in memory, and uploads that are hashed and synced. It has none of our logic, and no limits.
 *
 * Its only argument is a JSON file; it prints its ports as JSON.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DEFAULT_CIPHERS } from 'node:tls';
import { deviceCiphers, deviceTlsOptions } from '../../../src/core/device-tls';
import { bundlePath, manifestPath } from './server';

/** Paths of files. */
export interface BareServerFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly bundle: string;
  readonly manifest: string;
  /** Where an upload goes. */
  readonly upload: string;
}

export interface BarePorts {
  readonly http1: number;
  readonly http2: number;
  readonly upload: number;
}

const files = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BareServerFiles;
const bundle = readFileSync(files.bundle);
const manifest = readFileSync(files.manifest);
const pieceBytes = 256 << 10;
const tls = {
  ...deviceTlsOptions,
  ca: readFileSync(files.ca),
  cert: readFileSync(files.cert),
  key: readFileSync(files.key),
  ciphers: deviceCiphers(DEFAULT_CIPHERS),
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

function answerTo(path: string | undefined, range: string | undefined): Answer {
  if (path === manifestPath)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: manifest };
  if (path !== bundlePath) return { status: 404, headers: {}, body: Buffer.alloc(0) };
  const headers = { 'content-type': 'application/octet-stream' };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined) return { status: 200, headers, body: bundle };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${last}/${bundle.length}` },
    body: bundle.subarray(Number(first), Number(last) + 1),
  };
}

/** Sends in pieces, so that a client that does not read holds only one of them. */
function send(to: Writable, body: Buffer): void {
  let sent = 0;
  const sendOn = () => {
    while (body.length - sent > pieceBytes) {
      const piece = body.subarray(sent, sent + pieceBytes);
      sent += pieceBytes;
      if (!to.write(piece)) {
        to.once('drain', sendOn);
        return;
      }
    }
    to.end(body.subarray(sent));
  };
  sendOn();
}

function answerHttp1(request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = answerTo(request.url, request.headers.range);
  response.writeHead(status, { ...headers, 'content-length': body.length });
  send(response, body);
}

function answerHttp2(stream: ServerHttp2Stream, request: Readonly<Record<string, unknown>>): void {
  const { status, headers, body } = answerTo(
    request[':path'] as string | undefined,
    request['range'] as string | undefined,
  );
  stream.on('error', () => undefined);
  stream.respond({ ':status': status, ...headers, 'content-length': body.length });
  send(stream, body);
}

async function takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256');
  const hashed = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(request, hashed, createWriteStream(files.upload));
  const file = await open(files.upload);
  await file.sync();
  await file.close();
  response.writeHead(201).end(JSON.stringify({ bundle: { sha256: hash.digest('hex') } }));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function main(): Promise<void> {
  const http2 = createSecureServer({ ...tls, settings: { maxConcurrentStreams: 256 } });
  const ports: BarePorts = {
    http1: await listen(createServer({ ...tls, keepAliveTimeout: 0 }, answerHttp1)),
    http2: await listen(http2.on('stream', answerHttp2)),
    upload: await listen(
      createPlainServer((request, response) => {
        void takeUpload(request, response).catch((error: unknown) => response.destroy(error as Error));
      }),
    ),
  };
  console.log(JSON.stringify(ports));
}

void main();
