import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

export interface StreamListener {
  /** A request that is still wanted. */
  begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void;
  /** The device gave a request up before its answer was complete. */
  gaveUp(): void;
}

const abortedHere = new WeakSet<ServerHttp2Stream>();

/** Ends an answer that cannot be completed. The device did not give it up. */
export function abortStream(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed) return;
  abortedHere.add(stream);
  stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/**
 * Hears of the requests of an HTTP/2 connection. Work begins when all that came together with the headers was read, so that
 * a thousand requests that are reset with them cost next to nothing. Resets are counted here, because `streamResetBurst`
 * has no effect in Node 20.
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
      stream.on('error', () => undefined); // a device that goes away is no error of ours
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
