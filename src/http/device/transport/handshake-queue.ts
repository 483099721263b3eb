import { type Rate, TokenBucket } from '../../../core/token-bucket';

/** What one address may take of the server before anybody has shown a certificate. */
export interface HandshakeLimits {
  /** Handshakes that are under way at once. */
  readonly atOnce: number;
  /** Handshakes that begin. One costs about a millisecond of the only thread. */
  readonly rate: Rate;
  /** Connections that wait for their turn; of all addresses together. */
  readonly waiting: number;
  readonly waitingInAll: number;
  /** Who waits longer comes after those who have just come, in milliseconds: RAUC has given up after 20 s. */
  readonly patientMs: number;
  /** Who waits so long is refused, in milliseconds. */
  readonly waitMs: number;
}

/** Ten thousand devices behind one address are in after a minute, and leave time for the devices of other addresses. */
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
  /** Those that came last, and those that have waited for long; each in the order in which they came. */
  readonly fresh: Set<Waiting<Item>>;
  readonly late: Set<Waiting<Item>>;
}

/** Who may begin a TLS handshake, and who waits: a crowd is served in turn rather than refused. Time comes in. */
export class HandshakeQueue<Item> {
  /** Of addresses that have something under way or waiting, or had a moment ago. */
  readonly #places = new Map<string, Place<Item>>();
  #waiting = 0;
  /** Those that made room for others. */
  #displaced: Item[] = [];

  constructor(private readonly limits: HandshakeLimits) {}

  /** How many addresses are remembered. */
  get size(): number {
    return this.#places.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** @returns what becomes of a connection; one that waits is given back by {@link due} */
  arrive(address: string, item: Item, nowMs: number): 'begin' | 'wait' | 'refuse' {
    const place = this.#placeOf(address);
    if (waitingOf(place) === 0 && this.#mayBegin(place, nowMs)) return 'begin';
    const { waiting, waitingInAll } = this.limits;
    if (waitingOf(place) >= waiting || this.#waiting >= waitingInAll) {
      // Who has waited for so long has probably gone, and may be the very one that comes again.
      const [longest] = place.late;
      if (longest === undefined) return 'refuse';
      this.#take(place.late, longest, this.#displaced);
    }
    place.fresh.add({ item, sinceMs: nowMs });
    this.#waiting += 1;
    return 'wait';
  }

  /** A handshake that began is over, however it ended. */
  end(address: string): void {
    const place = this.#places.get(address);
    if (place !== undefined) place.underWay -= 1;
  }

  /** Whether somebody waits for a handshake of this address to end. */
  isCrowded(address: string): boolean {
    const place = this.#places.get(address);
    return place !== undefined && waitingOf(place) > 0;
  }

  /** Who may begin by now, and who has waited for too long or made room. Call it every few milliseconds while there is {@link size}. */
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
