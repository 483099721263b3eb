import type { Socket } from 'node:net';
import { plainAddress } from '../../client-address';

/** Either socket of a connection: TLS's, or the one below. */
export type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress'>;

/** The client that a proxy named at the start of a connection; `null` for the proxy itself. */
export type Carried = { readonly address: string } | null;

/**
 * Who is at the other end of the connections of one listener. Behind a proxy, that is the client named in its PROXY
 * header.
 */
export class PeerAddresses {
  readonly #carried = new Map<string, { readonly socket: Socket; readonly carried: Carried }>();

  /** @returns IPv4 in its own notation; `null` if the peer is already gone */
  of(socket: Ends): string | null {
    return this.#carriedBy(socket)?.address ?? plainAddress(socket.remoteAddress);
  }

  /** Whether this is a proxy's own connection, such as its health check. */
  isProxyItself(socket: Ends): boolean {
    return this.#carriedBy(socket) === null;
  }

  /** @param socket below TLS */
  carry(socket: Socket, carried: Carried): void {
    const key = connectionKey(socket);
    this.#carried.set(key, { socket, carried });
    socket.once('close', () => {
      // Another connection may have reused its port.
      if (this.#carried.get(key)?.socket === socket) this.#carried.delete(key);
    });
  }

  #carriedBy(socket: Ends): Carried | undefined {
    return this.#carried.size === 0 ? undefined : this.#carried.get(connectionKey(socket))?.carried;
  }
}

/** A key that TLS's socket and the one below share, and that no other open connection of a listener has. */
export function connectionKey({ remoteAddress, remotePort, localAddress }: Ends): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0} ${localAddress ?? ''}`;
}
