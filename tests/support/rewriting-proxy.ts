import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export interface RewritingProxy {
  readonly port: number;
  close(): void;
}

export interface RewritingProxyOptions {
  /** The server's `certs`: the proxy has its name, and trusts its CA. */
  readonly certsDir: string;
  readonly targetPort: number;
  /** What becomes of each answer in JSON; default: nothing else. */
  readonly rewrite?: (json: string) => string;
  /** Where a request for this path is redirected; `null` for nowhere. Default: nowhere. */
  readonly redirect?: (path: string) => string | null;
}

const open = new Set<RewritingProxy>();

afterAll(() => {
  for (const proxy of open) proxy.close();
});

/** A proxy with the server's certificate, through which devices get other answers than the server gave. */
export async function startRewritingProxy(options: RewritingProxyOptions): Promise<RewritingProxy> {
  const { certsDir, targetPort: port, rewrite = (json: string) => json, redirect = () => null } = options;
  const read = (name: string) => readFile(path.join(certsDir, name));
  const [ca, cert, key] = await Promise.all([read('ca.crt'), read('server.crt'), read('server.key')]);

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    const location = redirect(url ?? '/');
    if (location !== null) {
      request.resume();
      response.writeHead(302, { location, 'content-length': 0 }).end();
      return;
    }
    const onward = https.request({
      host: '127.0.0.1',
      port,
      servername: 'ota.test',
      ca,
      method,
      path: url,
      headers,
    });
    request.pipe(onward);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const status = answer.statusCode ?? 502;
    if (answer.headers['content-type']?.startsWith('application/json') !== true) {
      answer.pipe(response.writeHead(status, answer.headers));
      return;
    }
    const body = Buffer.from(rewrite(await text(answer)));
    response.writeHead(status, { ...answer.headers, 'content-length': body.length }).end(body);
  }

  const server = https.createServer({ cert, key }, (request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy: RewritingProxy = {
    port: address.port,
    close() {
      open.delete(proxy);
      server.close();
      server.closeAllConnections();
    },
  };
  open.add(proxy);
  return proxy;
}
