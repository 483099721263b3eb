/** In bytes. */
export interface MemoryLimits {
  /** Read for all devices and not yet on its way. */
  readonly process: number;
  /** The same for the answers to one device. */
  readonly device: number;
  /** What a connection that holds nothing may always have, so that a stuck one keeps no other from its bytes. */
  readonly reserve: number;
}

const mib = 1 << 20;
const reserveBytes = 64 << 10;

/**
 * A sixteenth of what the machine, or the container, has. A device's share is little, because the kernel's buffers do the
 * rest: what a socket has taken is no longer ours.
 * @param totalBytes memory of the machine
 */
export function memoryLimitsOf(totalBytes: number): MemoryLimits {
  const processBytes = Math.min(256 * mib, Math.max(8 * mib, Math.floor(totalBytes / 16)));
  const device = Math.min(2 * mib, processBytes / 8);
  return { process: processBytes, device, reserve: reserveBytes };
}

/** Leave to have so many bytes in memory. */
export interface Grant {
  readonly bytes: number;
  /** The bytes are gone. A second time it does nothing. */
  giveBack(): void;
}

interface Waiter {
  readonly connection: ConnectionAccount;
  readonly wantedBytes: number;
  readonly settle: (grant: Grant | undefined) => void;
}

/** What the answers to one device hold, and those that wait for their turn. */
export class DeviceAccount {
  usedBytes = 0;
  readonly waiting = new Set<Waiter>();
}

/** What the answers on one connection hold. */
export class ConnectionAccount {
  usedBytes = 0;
  readonly waiting = new Set<Waiter>();

  constructor(readonly device: DeviceAccount) {}
}

/**
 * What is read from bundles and has not left yet. Node tells nobody the window of an HTTP/2 stream, so the callbacks of
 * writes are what gives back. Who wants more waits in turn: by device, and among devices where the process has no more.
 */
export class SendMemory {
  #usedBytes = 0;
  /** Devices that wait for the process, the longest first. */
  readonly #crowded = new Set<DeviceAccount>();

  constructor(readonly limits: MemoryLimits) {}

  /** Read and not yet on its way. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * @param wantedBytes no more than a device may have
   * @param settle hears of the grant, perhaps at once; it may be of less than was wanted
   * @returns what calls it off
   */
  ask(connection: ConnectionAccount, wantedBytes: number, settle: Waiter['settle']): () => void {
    const { device } = connection;
    const waiter: Waiter = { connection, wantedBytes, settle };
    device.waiting.add(waiter);
    connection.waiting.add(waiter);
    if (this.#crowded.size === 0) this.#serve(device);
    else this.#crowded.add(device);
    this.#serveReserve(connection);
    return () => {
      if (!this.#leave(waiter)) return;
      if (device.waiting.size === 0) this.#crowded.delete(device);
      else this.#serve(device); // who stood behind may want less
    };
  }

  /** Those that wait, in turn, as long as there is room. */
  #serve(device: DeviceAccount): void {
    for (const waiter of device.waiting) {
      const { wantedBytes } = waiter;
      if (device.usedBytes + wantedBytes > this.limits.device) break;
      if (this.#usedBytes + wantedBytes > this.limits.process) {
        this.#crowded.add(device);
        return;
      }
      device.usedBytes += wantedBytes;
      this.#grant(waiter, wantedBytes, () => {
        device.usedBytes -= wantedBytes;
      });
    }
    this.#crowded.delete(device);
  }

  /** The first that waits on a connection that holds nothing. */
  #serveReserve(connection: ConnectionAccount): void {
    if (connection.usedBytes > 0) return;
    for (const waiter of connection.waiting) {
      this.#grant(waiter, Math.min(waiter.wantedBytes, this.limits.reserve), () => undefined);
      return;
    }
  }

  #grant(waiter: Waiter, bytes: number, giveBackShare: () => void): void {
    const { connection } = waiter;
    this.#leave(waiter);
    connection.usedBytes += bytes;
    this.#usedBytes += bytes;
    let isHeld = true;
    const giveBack = () => {
      if (!isHeld) return;
      isHeld = false;
      connection.usedBytes -= bytes;
      this.#usedBytes -= bytes;
      giveBackShare();
      this.#serveCrowded(connection.device);
      this.#serveReserve(connection);
    };
    waiter.settle({ bytes, giveBack });
  }

  #serveCrowded(device: DeviceAccount): void {
    if (this.#crowded.size === 0 || device.waiting.size === 0) this.#serve(device);
    else this.#crowded.add(device); // at the end
    for (const first of this.#crowded) {
      this.#crowded.delete(first);
      this.#serve(first);
      if (this.#crowded.has(first)) return; // the process has no more
    }
  }

  #leave(waiter: Waiter): boolean {
    waiter.connection.waiting.delete(waiter);
    return waiter.connection.device.waiting.delete(waiter);
  }
}
