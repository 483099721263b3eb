import { type Rate, TokenBucket } from '../../../core/token-bucket';

/** What one address may use before showing a certificate. */
export interface HandshakeLimits {
  /** Handshakes at the same time. */
  readonly atOnce: number;
  /** Rate of new handshakes. Each takes about a millisecond of the only thread. */
  readonly rate: Rate;
  /** Waiting connections of all addresses together. */
  readonly waiting: number;
  readonly waitingInAll: number;
  /** Connections that have waited longer than this go behind newcomers, in milliseconds: RAUC gives up after 20 s. */
  readonly patientMs: number;
  /** Connections that have waited this long are refused, in milliseconds. */
  readonly waitMs: number;
}

/**
 * With these, ten thousand devices behind one address connect within a minute, and devices of other addresses still get
 * their turn.
 */
export const handshakeLimits: HandshakeLimits = {
  atOnce: 500,
  rate: { burst: 100, perSecond: 200 },
  waiting: 10_000,
  waitingInAll: 20_000,
  patientMs: 18_000,
  waitMs: 60_000,
};

interface Waiting<Item> {
  readonly item: Item;
  readonly sinceMs: number;
}

interface Place<Item> {
  readonly bucket: TokenBucket;
  underWay: number;
  /** Newcomers (`fresh`) and those that have waited long (`late`), each in order of arrival. */
  readonly fresh: Set<Waiting<Item>>;
  readonly late: Set<Waiting<Item>>;
}

/** Decides who may begin a TLS handshake and who waits: a crowd is served in turn, not refused. The caller passes the time. */
export class HandshakeQueue<Item> {
  /** Addresses that have handshakes running or waiting, or had a moment ago. */
  readonly #places = new Map<string, Place<Item>>();
  #waiting = 0;
  /** Connections that lost their place to others. */
  #displaced: Item[] = [];

  constructor(private readonly limits: HandshakeLimits) {}

  /** Number of addresses that are remembered. */
  get size(): number {
    return this.#places.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** @returns what to do with a connection; {@link due} later returns one that has to wait */
  arrive(address: string, item: Item, nowMs: number): 'begin' | 'wait' | 'refuse' {
    const place = this.#placeOf(address);
    if (waitingOf(place) === 0 && this.#mayBegin(place, nowMs)) return 'begin';
    const { waiting, waitingInAll } = this.limits;
    if (waitingOf(place) >= waiting || this.#waiting >= waitingInAll) {
      // The longest-waiting client has probably gone, and may be the very one that connects again.
      const [longest] = place.late;
      if (longest === undefined) return 'refuse';
      this.#take(place.late, longest, this.#displaced);
    }
    place.fresh.add({ item, sinceMs: nowMs });
    this.#waiting += 1;
    return 'wait';
  }

  /** A handshake ended, with any result. */
  end(address: string): void {
    const place = this.#places.get(address);
    if (place !== undefined) place.underWay -= 1;
  }

  /** Whether others of this address wait for a handshake. */
  isCrowded(address: string): boolean {
    const place = this.#places.get(address);
    return place !== undefined && waitingOf(place) > 0;
  }

  /**
   * Which connections may begin now, and which have waited too long or were displaced. Call it every few milliseconds while {@link
   * size} is above 0.
   */
  due(nowMs: number): { readonly begin: readonly Item[]; readonly refuse: readonly Item[] } {
    const begin: Item[] = [];
    const refuse = this.#displaced;
    this.#displaced = [];
    for (const [address, place] of this.#places) {
      for (const one of place.fresh) {
        if (nowMs - one.sinceMs < this.limits.patientMs) break;
        place.fresh.delete(one);
        place.late.add(one);
      }
      for (const one of place.late) {
        if (nowMs - one.sinceMs < this.limits.waitMs) break;
        this.#take(place.late, one, refuse);
      }
      for (const queue of [place.fresh, place.late]) {
        for (const one of queue) {
          if (!this.#mayBegin(place, nowMs)) break;
          this.#take(queue, one, begin);
        }
      }
      const isQuiet = place.underWay === 0 && waitingOf(place) === 0 && place.bucket.isFull(nowMs);
      if (isQuiet) this.#places.delete(address);
    }
    return { begin, refuse };
  }

  #take(queue: Set<Waiting<Item>>, one: Waiting<Item>, into: Item[]): void {
    queue.delete(one);
    this.#waiting -= 1;
    into.push(one.item);
  }

  #mayBegin(place: Place<Item>, nowMs: number): boolean {
    if (place.underWay >= this.limits.atOnce || !place.bucket.take(nowMs)) return false;
    place.underWay += 1;
    return true;
  }

  #placeOf(address: string): Place<Item> {
    const known = this.#places.get(address);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(this.limits.rate);
    const place: Place<Item> = { bucket, underWay: 0, fresh: new Set(), late: new Set() };
    this.#places.set(address, place);
    return place;
  }
}

function waitingOf({ fresh, late }: Place<unknown>): number {
  return fresh.size + late.size;
}
