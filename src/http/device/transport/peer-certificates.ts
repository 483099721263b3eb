import type { X509Certificate } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { plainAddress } from '../../client-address';

export interface Peer {
  readonly certificate: X509Certificate;
  readonly address: string | null;
}

/**
 * The certificates of peers, also of those that Node refuses: it has closed the connection by the time it tells of it
 * (`tlsClientError`), and certificate and address are gone. So they are read right before Node judges, in the event `secure`. Node hands out a
 * server's socket no earlier than with the first line of its key log, which is looked at by nobody.
 */
export class PeerCertificates {
  readonly #bySocket = new WeakMap<TLSSocket, Peer>();

  constructor(server: Http2SecureServer) {
    server.on('keylog', (_secret: Buffer, socket: TLSSocket) => {
      forgetKeyLog(socket);
      socket.prependListener('secure', () => {
        const certificate = socket.getPeerX509Certificate();
        const address = plainAddress(socket.remoteAddress);
        if (certificate !== undefined) this.#bySocket.set(socket, { certificate, address });
      });
    });
  }

  /** `undefined` when there is none, or the handshake did not come to its end. */
  of(socket: TLSSocket): Peer | undefined {
    return this.#bySocket.get(socket);
  }
}

/** Of five lines of a handshake (TLS 1.3) one is enough. The server's own listener came last: that of `--tls-keylog` stays. */
function forgetKeyLog(socket: TLSSocket): void {
  const [own] = socket.listeners('keylog').slice(-1);
  if (own !== undefined) socket.off('keylog', own as () => void);
}
