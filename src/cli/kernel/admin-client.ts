import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Config } from '../../config/config';
import { hostOfUrl } from '../../base/text/host-of-url';
import { isLoopbackUrl } from '../../base/text/loopback';
import { readAdminToken } from './admin-token';
import { type CliContext, talk } from './context';
import { connectionFailure } from './connection-failure';
import { readAnswer } from './server-answer';
import type { RequestOf } from '../../contract/request';
import type { nothing } from '../../contract/request-fields';

/** A server that is silent for this long is dead; checking a large bundle takes minutes. */
const silenceLimitMs = 15 * 60_000;

/** A running server's REST API, for one command. */
export class AdminClient {
  private constructor(
    /** Without a trailing slash. */
    readonly address: string,
    private readonly token: string | null,
  ) {}

  /** @throws DomainError `configuration`, `not-found`, `forbidden` for the token file */
  static async open(context: CliContext, config: Config): Promise<AdminClient> {
    const token = await readAdminToken(context, config);
    const { protocol, hostname } = new URL(config.server);
    if (token !== null && protocol === 'http:' && !isLoopbackUrl(config.server)) {
      talk(context, `warning: the token is sent to ${hostname} unencrypted; use https or an SSH tunnel`);
    }
    return new AdminClient(config.server, token);
  }

  /**
   * @param limitMs how long the server may be silent; default: long enough to check a bundle
   * @throws ServerRefusal with the server's own reason; DomainError `unavailable` when there is no such server, or a
   * proxy answers instead
   */
  async get(path: string, limitMs = silenceLimitMs): Promise<unknown> {
    const request = this.request('GET', path);
    request.setTimeout(limitMs);
    return this.ask(request);
  }

  /**
   * As {@link get}. Name the body's type when calling: a misspelt property is an error then.
   * @param body sent as JSON, without undefined fields
   */
  post<Body extends object = RequestOf<typeof nothing>>(
    path: string,
    body?: NoInfer<Body>,
  ): Promise<unknown> {
    return this.send('POST', path, body ?? {});
  }

  /** As {@link post}. */
  patch<Body extends object>(path: string, body: NoInfer<Body>): Promise<unknown> {
    return this.send('PATCH', path, body);
  }

  /** As {@link get}. */
  delete(path: string): Promise<unknown> {
    return this.ask(this.request('DELETE', path));
  }

  private send(method: 'POST' | 'PATCH', path: string, body: object): Promise<unknown> {
    const content = Buffer.from(JSON.stringify(body));
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(content.length) };
    return this.ask(this.request(method, path, headers), content);
  }

  /**
   * Starts a request whose body the caller writes.
   * @param path below the server's address, already encoded: a segment `..` stays as it is
   */
  request(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    headers: Record<string, string> = {},
  ): ClientRequest {
    const url = new URL(this.address);
    const request = (url.protocol === 'https:' ? https : http).request({
      method,
      hostname: hostOfUrl(url),
      ...(url.port === '' ? {} : { port: url.port }),
      path: url.pathname.replace(/\/$/, '') + path,
      agent: false,
      headers: {
        Accept: 'application/json',
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
        ...headers,
      },
    });
    request.setTimeout(silenceLimitMs, () => request.destroy(new Error('the server stopped responding')));
    return request;
  }

  private async ask(request: ClientRequest, body?: Buffer): Promise<unknown> {
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve).on('error', reject).end(body);
      });
      return await readAnswer(response, this.address);
    } catch (error) {
      throw await connectionFailure(error, this.address);
    }
  }
}
