import type { Socket } from 'node:net';

/** Connections of one address whose device is not known yet. A device identifies itself with its first request. */
const perAddress = 64;

/** Connections without a known device, by address. Beyond the limit, a new one replaces the oldest. */
export class Strangers {
  readonly #byGroup = new Map<string, Set<Socket>>();

  /** @param onExcess called when a connection was ended */
  constructor(private readonly onExcess: (group: string) => void) {}

  /** @returns to be called when its device is known, or the connection is gone */
  arrived(socket: Socket, group: string): () => void {
    const own = this.#byGroup.get(group) ?? new Set();
    this.#byGroup.set(group, own.add(socket));
    if (own.size > perAddress) {
      const [oldest = socket] = own;
      own.delete(oldest);
      oldest.destroy();
      this.onExcess(group);
    }
    const forget = () => {
      own.delete(socket);
      if (own.size === 0 && this.#byGroup.get(group) === own) this.#byGroup.delete(group);
    };
    socket.once('close', forget);
    return forget;
  }
}
