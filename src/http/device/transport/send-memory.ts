import { PieceBuffers } from './piece-buffers';

/** In bytes. */
export interface MemoryLimits {
  /** Bytes read for all devices and not yet sent. */
  readonly process: number;
  /** The same, for the answers to one device. */
  readonly device: number;
  /** A connection that holds nothing may always have this much, so that a stuck one blocks no other. */
  readonly reserve: number;
}

const mib = 1 << 20;
const reserveBytes = 64 << 10;
/** Kept for the next pieces while no one reads. */
const freeBuffersBytes = 8 * mib;

/**
 * A sixteenth of the memory of the machine, or the container. A device's share is small: what a socket has taken is in the kernel's
 * buffers, and is not counted.
 * @param totalBytes memory of the machine
 */
export function memoryLimitsOf(totalBytes: number): MemoryLimits {
  const processBytes = Math.min(256 * mib, Math.max(8 * mib, Math.floor(totalBytes / 16)));
  const device = Math.min(2 * mib, processBytes / 8);
  return { process: processBytes, device, reserve: reserveBytes };
}

/** Permission to hold a number of bytes in memory. */
export interface Grant {
  readonly bytes: number;
  /** The bytes are gone. Further calls have no effect. */
  giveBack(): void;
}

interface Waiter {
  readonly connection: ConnectionAccount;
  readonly wantedBytes: number;
  readonly settle: (grant: Grant | undefined) => void;
}

/** What the answers to one device hold, and those that wait. */
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
 * Limits the bytes that were read from bundles and not yet sent. Node does not reveal the window of an HTTP/2 stream, so the callbacks of
 * writes return the memory. Answers that need more wait in turn: within a device, and among devices if the process has no more.
 */
export class SendMemory {
  #usedBytes = 0;
  /** Devices that wait for the process's memory, the longest-waiting first. */
  readonly #crowded = new Set<DeviceAccount>();

  /** What is granted is read into these. */
  readonly buffers: PieceBuffers;

  constructor(readonly limits: MemoryLimits) {
    this.buffers = new PieceBuffers(Math.min(freeBuffersBytes, limits.process));
  }

  /** Bytes that were read and not yet sent. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @returns the grant if no one waits and there is room; otherwise `undefined`, and the caller has to {@link ask} */
  takeNow(connection: ConnectionAccount, wantedBytes: number): Grant | undefined {
    const { device } = connection;
    if (this.#crowded.size > 0 || device.waiting.size > 0) return undefined;
    if (!this.#hasRoom(device, wantedBytes)) return undefined;
    return this.#hold(connection, wantedBytes, wantedBytes);
  }

  /**
   * @param wantedBytes at most what a device may have
   * @param settle gets the grant, possibly at once; it may be smaller than requested
   * @returns a function that cancels the request
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
      else this.#serve(device); // those behind it may want less
    };
  }

  /** Serves those that wait, in turn, while there is room. */
  #serve(device: DeviceAccount): void {
    for (const waiter of device.waiting) {
      const { wantedBytes } = waiter;
      if (device.usedBytes + wantedBytes > this.limits.device) break;
      if (this.#usedBytes + wantedBytes > this.limits.process) {
        this.#crowded.add(device);
        return;
      }
      this.#grant(waiter, wantedBytes, wantedBytes);
    }
    this.#crowded.delete(device);
  }

  /** The first that waits on a connection that holds nothing. */
  #serveReserve(connection: ConnectionAccount): void {
    if (connection.usedBytes > 0 || connection.waiting.size === 0) return;
    for (const waiter of connection.waiting) {
      this.#grant(waiter, Math.min(waiter.wantedBytes, this.limits.reserve), 0);
      return;
    }
  }

  #grant(waiter: Waiter, bytes: number, shareBytes: number): void {
    this.#leave(waiter);
    waiter.settle(this.#hold(waiter.connection, bytes, shareBytes));
  }

  /** @param shareBytes how many of the bytes count for the device */
  #hold(connection: ConnectionAccount, bytes: number, shareBytes: number): Grant {
    const { device } = connection;
    device.usedBytes += shareBytes;
    connection.usedBytes += bytes;
    this.#usedBytes += bytes;
    let isHeld = true;
    const giveBack = () => {
      if (!isHeld) return;
      isHeld = false;
      connection.usedBytes -= bytes;
      this.#usedBytes -= bytes;
      device.usedBytes -= shareBytes;
      if (this.#crowded.size > 0 || device.waiting.size > 0) this.#serveCrowded(device);
      this.#serveReserve(connection);
    };
    return { bytes, giveBack };
  }

  #hasRoom(device: DeviceAccount, bytes: number): boolean {
    return device.usedBytes + bytes <= this.limits.device && this.#usedBytes + bytes <= this.limits.process;
  }

  #serveCrowded(device: DeviceAccount): void {
    if (this.#crowded.size === 0 || device.waiting.size === 0) this.#serve(device);
    else this.#crowded.add(device); // at the end
    for (const first of this.#crowded) {
      this.#crowded.delete(first);
      this.#serve(first);
      if (this.#crowded.has(first)) return; // the process has no more memory
    }
  }

  #leave(waiter: Waiter): boolean {
    waiter.connection.waiting.delete(waiter);
    return waiter.connection.device.waiting.delete(waiter);
  }
}
