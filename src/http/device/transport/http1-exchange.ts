import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../../../core/errors';
import type { Connection } from './connections';
import type { Exchange } from './exchange';
import { namesOneHost } from './named-host';
import { checkDeclaredLength, readStream } from './read-stream';

/** An HTTP/1.1 request as an exchange. */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
): Exchange {
  // A device that goes away is no error of ours.
  response.on('error', () => undefined);
  const memory = connection.memory.open();
  response.once('close', () => memory.close());
  let isGivenUp = false;
  const respond: Exchange['begin'] = (status, headers) => {
    // What would come of a body that nobody waits for any more can't be told from the next request.
    if (connection.isEnding || isGivenUp) response.shouldKeepAlive = false;
    return response.writeHead(status, headers);
  };
  return {
    connection,
    memory,
    method: request.method ?? '',
    target: originForm(request.url ?? ''),
    authority: request.headers.host,
    namesOneHost: () =>
      namesOneHost(request.rawHeaders, absoluteForm.exec(request.url ?? '')?.groups?.['host']),
    header(name) {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    rawHeaders: () => request.rawHeaders,
    async readBody(limitBytes, timeoutMs) {
      const asksFirst = request.headers.expect !== undefined;
      try {
        checkDeclaredLength(request.headers['content-length'], limitBytes);
      } catch (error) {
        isGivenUp = asksFirst; // then nothing has come of the body, and nothing need to
        throw error;
      }
      if (asksFirst) response.writeContinue();
      return readStream(request, limitBytes, timeoutMs).catch((error: unknown) => {
        isGivenUp = error instanceof DomainError && error.code === 'invalid-input';
        throw error;
      });
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

const absoluteForm = /^https:\/\/(?<host>[^/?#]*)(?<rest>.*)$/i;

/** The absolute form is for proxies, but servers must take it too (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  const rest = absoluteForm.exec(target)?.groups?.['rest'] ?? target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
