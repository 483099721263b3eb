import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { DeviceFiles } from './issue-devices';

/** No answer came, or not all of it: the server is gone, hangs, or was cut off. */
export class Unanswered extends Error {}

export interface LineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface LineRequest {
  /** `https://localhost:<port>` */
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
  /** How long to wait for the whole answer, in milliseconds. */
  readonly patienceMs: number;
}

/** The connections of one device, by HTTP/1.1; one that was cut is made again by the next request. */
export class DeviceLine {
  readonly #agent: https.Agent;

  constructor(tls: DeviceFiles) {
    this.#agent = new https.Agent({ ...tls, keepAlive: true });
  }

  /** @throws Unanswered */
  ask({ url, path, headers = {}, body, patienceMs }: LineRequest): Promise<LineAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => {
        clearTimeout(timer);
        request.destroy();
        reject(new Unanswered('no answer', { cause }));
      };
      const method = body === undefined ? 'GET' : 'POST';
      const request = https.request(url, { path, headers: { ...headers }, method, agent: this.#agent });
      const timer = setTimeout(() => fail('late'), patienceMs);
      request.on('error', fail);
      request.once('response', (response) => {
        collect(response).then((content) => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body: content });
        }, fail);
      });
      request.end(body);
    });
  }

  /** Ends all connections. */
  drop(): void {
    this.#agent.destroy();
  }
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
