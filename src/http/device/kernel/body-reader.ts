import { DomainError } from '../../../core/errors';
import type { Exchange } from '../transport/exchange';

/** How many bodies of one device are read at once: each may be half a megabyte. */
const maxAtOnce = 8;

/** Reads bodies, and limits how many of one device are read at once. */
export class BodyReader {
  private readonly reading = new Map<string, number>();

  /** @param timeoutMs for the whole of one body */
  constructor(private readonly timeoutMs: number) {}

  /** @throws DomainError `too-many-requests`, and those of the exchange */
  async read(exchange: Exchange, deviceId: string, limitBytes: number): Promise<Buffer> {
    const others = this.reading.get(deviceId) ?? 0;
    if (others >= maxAtOnce) throw DomainError.of('requests-being-read', { others });
    this.reading.set(deviceId, others + 1);
    try {
      return await exchange.readBody(limitBytes, this.timeoutMs);
    } finally {
      const left = (this.reading.get(deviceId) ?? 1) - 1;
      if (left > 0) this.reading.set(deviceId, left);
      else this.reading.delete(deviceId);
    }
  }
}
