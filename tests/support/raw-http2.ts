import { once } from 'node:events';
import tls from 'node:tls';

/** Frame types (RFC 9113, section 6). */
const types = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;
const endStream = 0x1;
const ack = 0x1;
const endHeaders = 0x4;
const initialWindowSize = 0x4;

export const cancel = 0x8;
export const enhanceYourCalm = 0xb;

export interface RawHttp2 {
  readonly socket: tls.TLSSocket;
  /** Error codes of received GOAWAY frames. */
  readonly goaways: readonly number[];
  /** Bytes of received DATA frames, by stream. */
  readonly received: ReadonlyMap<number, number>;
  /** Their content. */
  body(stream: number): Buffer;
  /** Streams whose headers were received. */
  readonly answered: ReadonlySet<number>;
  readonly closed: Promise<unknown>;
  send(...frames: readonly Buffer[]): void;
}

/**
 * A minimal HTTP/2 client that tests control completely, for what no library does. Only its streams have a flow-control window.
 * @param window how much the server may send on a stream before the client asks for more, in bytes
 */
export async function connectRawHttp2(
  port: number,
  files: Pick<tls.ConnectionOptions, 'cert' | 'key' | 'ca'>,
  window = 65_535,
): Promise<RawHttp2> {
  const socket = tls.connect({ ...files, host: 'localhost', port, ALPNProtocols: ['h2'] });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const goaways: number[] = [];
  const received = new Map<number, number>();
  const bodies = new Map<number, Buffer[]>();
  const answered = new Set<number>();
  let rest: Buffer = Buffer.alloc(0);
  const take = (type: number, flags: number, stream: number, payload: Buffer) => {
    if (type === types.data) {
      received.set(stream, (received.get(stream) ?? 0) + payload.length);
      const body = bodies.get(stream);
      if (body === undefined) bodies.set(stream, [payload]);
      else body.push(payload);
    }
    if (type === types.headers) answered.add(stream);
    if (type === types.goaway) goaways.push(payload.readUInt32BE(4));
    if ((flags & ack) !== 0) return;
    if (type === types.settings) socket.write(frame(types.settings, ack, 0));
    if (type === types.ping) socket.write(frame(types.ping, ack, 0, payload));
  };
  socket.on('data', (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      take(rest.readUInt8(3), rest.readUInt8(4), rest.readUInt32BE(5), rest.subarray(9, end));
      rest = rest.subarray(end);
    }
  });
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(initialWindowSize, 0);
  setting.writeUInt32BE(window, 2);
  socket.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frame(types.settings, 0, 0, setting),
      windowUpdate(0, 1 << 30),
    ]),
  );
  return {
    socket,
    goaways,
    received,
    body: (stream) => Buffer.concat(bodies.get(stream) ?? []),
    answered,
    closed: new Promise((resolve) => socket.once('close', resolve)),
    send: (...frames) => socket.write(Buffer.concat(frames)),
  };
}

/** The frame of a GET. Header names and values must be shorter than 127 bytes. */
export function get(stream: number, path: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const literals = Object.entries(headers).map(([name, value]) =>
    Buffer.concat([Buffer.from([0]), text(name), text(value)]),
  );
  // HPACK (RFC 7541): `:method: GET` and `:scheme: https` of the static table, the others as literals without an index.
  const block = [
    Buffer.from([0x82, 0x87, 0x04]),
    text(path),
    Buffer.from([0x01]),
    text('localhost'),
    ...literals,
  ];
  return frame(types.headers, endStream | endHeaders, stream, Buffer.concat(block));
}

export function reset(stream: number, code = cancel): Buffer {
  return frame(types.reset, 0, stream, word(code));
}

export function ping(): Buffer {
  return frame(types.ping, 0, 0, Buffer.alloc(8));
}

/** @param stream 0 for the whole connection */
export function windowUpdate(stream: number, bytes: number): Buffer {
  return frame(types.windowUpdate, 0, stream, word(bytes));
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}
