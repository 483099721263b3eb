import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Connection } from './connections';
import type { Exchange, ReplyHeaders } from './exchange';
import { abortStream } from './http2-streams';
import { namesOneHost } from './named-host';
import { checkDeclaredLength, readStream } from './read-stream';

/**
 * An HTTP/2 stream as an exchange, on Node's core API. The compatibility API sends the end of a stream in a frame of its
 * own; libcurl then resets each stream, and after 1,000 of them Node takes that for an attack and ends the connection.
 */
export function http2Exchange(
  stream: ServerHttp2Stream,
  request: IncomingHttpHeaders,
  connection: Connection,
  rawHeaders: readonly string[],
): Exchange {
  const memory = connection.memory.open();
  stream.once('close', () => memory.close());
  let sentStatus: number | undefined;
  const respond = (status: number, headers: ReplyHeaders, endStream: boolean) => {
    sentStatus = status;
    stream.respond({ ...headers, ':status': status }, { endStream });
  };
  const isGone = () => stream.destroyed || stream.closed;
  return {
    connection,
    memory,
    method: request[':method'] ?? '',
    target: request[':path'] ?? '/',
    authority: request[':authority'] ?? request.host,
    namesOneHost: () => namesOneHost(rawHeaders),
    header(name) {
      const value = request[name];
      return typeof value === 'string' ? value : undefined;
    },
    rawHeaders: () => rawHeaders,
    async readBody(limitBytes, timeoutMs) {
      checkDeclaredLength(request['content-length'], limitBytes);
      return readStream(stream, limitBytes, timeoutMs);
    },
    send(status, headers, body) {
      if (isGone()) return;
      const isBodiless = body === undefined || body.length === 0 || request[':method'] === 'HEAD';
      respond(status, headers, isBodiless);
      if (!isBodiless) stream.end(body);
      // The answer is whole, so the rest of the request is not wanted (RFC 9113, section 8.1).
      if (!stream.endAfterHeaders && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    },
    begin(status, headers) {
      if (!isGone()) respond(status, headers, false);
      return stream;
    },
    status: () => sentStatus,
    abort: () => abortStream(stream),
    onClose: (callback) => stream.once('close', callback),
  };
}
