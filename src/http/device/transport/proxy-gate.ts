import type { Socket } from 'node:net';
import { type IsTrustedProxy, plainAddress } from '../../client-address';
import type { PeerAddresses } from './peer-addresses';
import { parseProxyHeader } from '../../proxy-header';

export interface ProxyGateOptions {
  /** Whether connections from an address begin with a PROXY header. */
  readonly speaksProxy: IsTrustedProxy;
  readonly addresses: Pick<PeerAddresses, 'carry'>;
  /** From the TCP connection to the end of the header, in milliseconds. */
  readonly timeoutMs: number;
  readonly onRefused: (address: string, reason: string) => void;
}

/**
 * Reads PROXY headers before TLS begins, and only from proxies that the configuration names: from anyone else they could be
 * forged.
 */
export class ProxyGate {
  readonly #reading = new Set<Socket>();

  constructor(private readonly options: ProxyGateOptions) {}

  /**
   * @param socket a new connection that nothing has read from
   * @param enter called once it is known who is there; not called for a connection that ends here
   */
  arrived(socket: Socket, enter: () => void): void {
    const proxy = plainAddress(socket.remoteAddress);
    if (proxy === null || !this.options.speaksProxy(proxy)) {
      enter();
      return;
    }
    this.#read(socket, (reason) => {
      if (reason === null) {
        enter();
        return;
      }
      if (reason !== '') this.options.onRefused(proxy, reason);
      socket.destroy();
    });
  }

  /** Ends the connections whose header is not there yet. */
  close(): void {
    for (const socket of this.#reading) socket.destroy();
  }

  /** @param done gets why the connection must end: `null` if it may continue, empty if there is nothing to say */
  #read(socket: Socket, done: (reason: string | null) => void): void {
    const { timeoutMs, addresses } = this.options;
    let start = Buffer.alloc(0);
    let header = parseProxyHeader(start);
    this.#reading.add(socket);
    const finish = (reason: string | null) => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('end', onEnd).off('close', onClose);
      this.#reading.delete(socket);
      done(reason);
    };
    const onReadable = () => {
      // Never more than the header: TLS reads the rest from the socket itself.
      while (header.kind === 'incomplete') {
        const bytes = socket.read(header.bytes - start.length) as Buffer | null;
        if (bytes === null) return;
        start = Buffer.concat([start, bytes]);
        header = parseProxyHeader(start);
      }
      if (header.kind === 'local') {
        // A health check may say no more than that: TLS would take its end for a failure.
        if (socket.readableLength === 0) return;
        addresses.carry(socket, null);
      }
      if (header.kind === 'client' && header.address !== null)
        addresses.carry(socket, { address: header.address });
      finish(header.kind === 'invalid' ? header.reason : null);
    };
    const onEnd = () => finish(''); // a TCP health check
    const onClose = () => finish('');
    const timer = setTimeout(
      () =>
        finish(
          header.kind === 'local' ? '' : `its PROXY header did not arrive within ${timeoutMs / 1000} seconds`,
        ),
      timeoutMs,
    ).unref();
    socket.on('readable', onReadable).once('end', onEnd).once('close', onClose);
  }
}
