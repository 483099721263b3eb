import { X509Certificate } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { certificatePem } from '../../../base/text/certificate-pem';
import type { PeerCertificate } from '../../../ports/certificates';
import type { PeerAddresses } from './peer-addresses';

export interface Peer {
  /** `undefined` if it sent none, or the handshake was not completed. */
  readonly certificate: PeerCertificate | undefined;
  readonly address: string | null;
}

export interface PeerCertificatesOptions {
  /** Finds the DER of the peer's certificate in a TLS session; `undefined` if it is not found. */
  readonly certificateInSession: (session: Buffer) => Buffer | undefined;
}

/**
 * The certificates of peers, including those that Node refuses: by the time Node reports that (`tlsClientError`), it has closed the
 * connection, and certificate and address are gone. So the certificate is read just before Node judges it, in the event `secure`, and the
 * address in the earliest event with which Node reveals a server's socket: the first line of its key log. The line itself is not used.
 */
export class PeerCertificates {
  readonly #bySocket = new WeakMap<TLSSocket, Peer>();

  constructor(
    server: Http2SecureServer,
    private readonly addresses: Pick<PeerAddresses, 'of'>,
    options: PeerCertificatesOptions,
  ) {
    server.on('keylog', (_secret: Buffer, socket: TLSSocket) => {
      forgetKeyLog(socket);
      const address = addresses.of(socket); // gone when the connection is
      this.#bySocket.set(socket, { certificate: undefined, address });
      socket.prependListener('secure', () => {
        this.#bySocket.set(socket, { certificate: certificateOf(socket, options), address });
      });
    });
  }

  of(socket: TLSSocket): Peer {
    return this.#bySocket.get(socket) ?? { certificate: undefined, address: this.addresses.of(socket) };
  }
}

/** The certificate, with its bytes from the session, which OpenSSL has just verified; else from Node's own copy. */
function certificateOf(
  socket: TLSSocket,
  { certificateInSession }: PeerCertificatesOptions,
): PeerCertificate | undefined {
  const session = socket.getSession();
  const der = session === undefined ? undefined : certificateInSession(session);
  session?.fill(0); // it has secrets
  if (der !== undefined) return new ShownCertificate(der, socket);
  const x509 = socket.getPeerX509Certificate();
  return x509 === undefined ? undefined : { der: x509.raw, x509 };
}

/**
 * Decoded if someone asks: with the chain that the peer sent while its connection is open, alone afterwards. It always stands for the
 * handshake's certificate, whatever Node returns later.
 */
class ShownCertificate implements PeerCertificate {
  #x509: X509Certificate | undefined;

  constructor(
    readonly der: Buffer,
    private readonly socket: TLSSocket,
  ) {}

  get x509(): X509Certificate {
    return (this.#x509 ??= this.#decode());
  }

  #decode(): X509Certificate {
    const nodesOwn = this.socket.getPeerX509Certificate();
    return nodesOwn?.raw.equals(this.der) === true ? nodesOwn : new X509Certificate(certificatePem(this.der));
  }
}

/** One of a handshake's five lines (TLS 1.3) is enough. The server's own listener was added last; that of `--tls-keylog` stays. */
function forgetKeyLog(socket: TLSSocket): void {
  const [own] = socket.listeners('keylog').slice(-1);
  if (own !== undefined) socket.off('keylog', own as () => void);
}
