import type { X509Certificate } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { PeerAddresses } from './peer-addresses';

export interface Peer {
  readonly certificate: X509Certificate;
  readonly address: string | null;
}

/**
 * The certificates of peers, including those that Node refuses: by the time Node reports that (`tlsClientError`), it has closed the
 * connection, and certificate and address are gone. So they are read just before Node judges them, in the event `secure`. The earliest
 * event with which Node reveals a server's socket is the first line of its key log; the line itself is not used.
 */
export class PeerCertificates {
  readonly #bySocket = new WeakMap<TLSSocket, Peer>();

  constructor(server: Http2SecureServer, addresses: Pick<PeerAddresses, 'of'>) {
    server.on('keylog', (_secret: Buffer, socket: TLSSocket) => {
      forgetKeyLog(socket);
      socket.prependListener('secure', () => {
        const certificate = socket.getPeerX509Certificate();
        const address = addresses.of(socket);
        if (certificate !== undefined) this.#bySocket.set(socket, { certificate, address });
      });
    });
  }

  /** `undefined` if it sent none, or the handshake was not completed. */
  of(socket: TLSSocket): Peer | undefined {
    return this.#bySocket.get(socket);
  }
}

/** One of a handshake's five lines (TLS 1.3) is enough. The server's own listener was added last; that of `--tls-keylog` stays. */
function forgetKeyLog(socket: TLSSocket): void {
  const [own] = socket.listeners('keylog').slice(-1);
  if (own !== undefined) socket.off('keylog', own as () => void);
}
