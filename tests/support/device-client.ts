import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { type ClientFiles, readClientFiles } from './device-listener';

export const protocols = ['HTTP/1.1', 'HTTP/2'] as const;
export type Protocol = (typeof protocols)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface DeviceClient {
  request(
    target: string,
    headers?: Record<string, string>,
    method?: string,
    body?: string | Buffer,
  ): Promise<Answer>;
  close(): void;
}

const clients: DeviceClient[] = [];

if (typeof afterAll === 'function')
  afterAll(() => {
    for (const client of clients) client.close();
  });

/** A device with one persistent connection (HTTP/2), or one for each concurrent request (HTTP/1.1). */
export async function connectDevice(
  url: string,
  files: ClientFiles,
  protocol: Protocol,
): Promise<DeviceClient> {
  const tls = await readClientFiles(files);
  const client = protocol === 'HTTP/2' ? await overHttp2(url, tls) : overHttp1(url, tls);
  clients.push(client);
  return client;
}

type Tls = Awaited<ReturnType<typeof readClientFiles>>;

function overHttp1(url: string, tls: Tls): DeviceClient {
  const agent = new https.Agent({ ...tls, keepAlive: true });
  return {
    request: (target, headers = {}, method = 'GET', content) =>
      new Promise((resolve, reject) => {
        // The path is passed separately, so that Node sends it unchanged.
        const request = https.request(url, { path: target, headers, method, agent }, (response) => {
          collect(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
            reject,
          );
        });
        request.on('error', reject).end(content);
      }),
    close: () => agent.destroy(),
  };
}

async function overHttp2(url: string, tls: Tls): Promise<DeviceClient> {
  const session = http2.connect(url, tls);
  await once(session, 'connect');
  session.on('error', () => undefined); // each request reports it
  return {
    request: (target, headers = {}, method = 'GET', content) =>
      new Promise((resolve, reject) => {
        const stream = session.request(
          { ...headers, ':path': target, ':method': method },
          { endStream: content === undefined },
        );
        if (content !== undefined) stream.end(content);
        stream.on('error', reject);
        const refuse = () => reject(new Error('the stream was closed without an answer'));
        stream.once('close', refuse);
        stream.once('response', (answer) => {
          stream.off('close', refuse);
          collect(stream).then(
            (body) => resolve({ status: answer[':status'] ?? 0, headers: answer, body }),
            reject,
          );
        });
      }),
    close: () => session.destroy(),
  };
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
