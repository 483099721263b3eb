import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

export interface StreamListener {
  /** A request that the device still wants. */
  begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void;
  /** The device cancelled a request before its answer was complete. */
  gaveUp(): void;
}

const abortedHere = new WeakSet<ServerHttp2Stream>();

/** Ends an answer that cannot be completed. This does not count as cancelled by the device. */
export function abortStream(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed) return;
  abortedHere.add(stream);
  stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/**
 * Listens for the requests of an HTTP/2 connection. Work begins once everything that arrived with the headers has been read, so a thousand
 * requests that are reset at once cost next to nothing. Resets are counted here, because `streamResetBurst` has no effect in Node 20.
 * @param queue calls back in a later turn of the event loop
 */
export function hearStreams(
  session: ServerHttp2Session,
  queue: (begin: () => void) => void,
  listener: StreamListener,
): void {
  session.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      stream.on('error', () => undefined); // a device that leaves is not our error
      stream.once('close', () => {
        const isWhole = stream.writableFinished && !stream.aborted;
        if (!isWhole && !abortedHere.has(stream) && !session.destroyed) listener.gaveUp();
      });
      queue(() => {
        if (!stream.destroyed && !stream.closed) listener.begin(stream, headers, rawHeaders);
      });
    },
  );
}
