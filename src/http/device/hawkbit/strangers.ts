import type { Socket } from 'node:net';
import { handshakeLimits } from '../transport/handshake-queue';

/**
 * How many connections of one address may have no known device yet: as many as may be in their handshake. A device
 * identifies itself with its first request.
 */
const perAddress = handshakeLimits.atOnce;

/** Connections without a known device. Beyond an address's limit, a new one replaces its oldest. */
export class Strangers {
  readonly #all = new Set<Socket>();
  readonly #byGroup = new Map<string, Set<Socket>>();
  #isClosed = false;

  /** @param onExcess called when a connection was ended to make room */
  constructor(private readonly onExcess: (group: string) => void) {}

  /**
   * @param group `null` for an address that is not counted
   * @returns a function to call when its device is known, or the connection is gone
   */
  arrived(socket: Socket, group: string | null): () => void {
    this.#all.add(socket);
    const forgetGroup = group === null ? () => undefined : this.#count(socket, group);
    const forget = () => {
      this.#all.delete(socket);
      forgetGroup();
    };
    socket.once('close', forget);
    if (this.#isClosed) socket.destroy();
    return forget;
  }

  /**
   * Ends all of them, and later ones as they arrive: when the server stops, Node would wait for those that never send a
   * request.
   */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#all) socket.destroy();
  }

  #count(socket: Socket, group: string): () => void {
    const own = this.#byGroup.get(group) ?? new Set();
    this.#byGroup.set(group, own.add(socket));
    if (own.size > perAddress) {
      const [oldest = socket] = own;
      own.delete(oldest);
      oldest.destroy();
      this.onExcess(group);
    }
    return () => {
      own.delete(socket);
      if (own.size === 0 && this.#byGroup.get(group) === own) this.#byGroup.delete(group);
    };
  }
}
