import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from './connections';
import type { Exchange } from './exchange';
import { readStream } from './read-stream';

/** An HTTP/1.1 request as an exchange. */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
): Exchange {
  // A device that goes away is no error of ours.
  response.on('error', () => undefined);
  const respond: Exchange['begin'] = (status, headers) => {
    if (connection.isEnding) response.shouldKeepAlive = false;
    return response.writeHead(status, headers);
  };
  return {
    connection,
    method: request.method ?? '',
    target: originForm(request.url ?? ''),
    authority: request.headers.host,
    header(name) {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    headerNames: () => Object.keys(request.headers),
    readBody(limitBytes) {
      if (request.headers.expect !== undefined) response.writeContinue();
      return readStream(request, limitBytes);
    },
    send(status, headers, body) {
      respond(status, headers);
      response.end(body);
    },
    begin: respond,
    status: () => (response.headersSent ? response.statusCode : undefined),
    abort: () => response.destroy(),
    onClose: (callback) => response.once('close', callback),
  };
}

/** The absolute form is for proxies, but servers must take it too (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  const rest = /^https:\/\/[^/?#]*(?<rest>.*)$/i.exec(target)?.groups?.['rest'] ?? target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
