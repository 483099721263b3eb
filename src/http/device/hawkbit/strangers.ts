import type { Socket } from 'node:net';

/** Connections of one address whose device is not known yet. A device identifies itself with its first request. */
const perAddress = 64;

/** Connections without a device, by address: one too many replaces the oldest. */
export class Strangers {
  readonly #byGroup = new Map<string, Set<Socket>>();

  /** @param onExcess called when one was ended */
  constructor(private readonly onExcess: (group: string) => void) {}

  /** @returns forgets the connection: its device is known now, or it is gone */
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
