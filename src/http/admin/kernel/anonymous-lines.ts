import { addressGroup } from '../../address-group';
import type { Clock } from '../../../ports/clock';

/** Log lines about unauthenticated requests per minute: from one address, and from all. */
const linesOfAddress = 30;
const linesInAll = 300;
const periodMs = 60_000;
/** How many addresses are counted individually, and how many are named when the minute is over. */
const maxAddresses = 10_000;
const maxNamed = 20;

interface Counted {
  lines: number;
  leftOut: number;
  firstAt: Date;
  lastAt: Date;
}

/**
 * Log lines about unauthenticated requests, such as failed logins. An attacker who guesses tokens must not fill the
 * disk: lines beyond the limit are summed up once a minute, in one line per address with count and times.
 */
export class AnonymousLines {
  #startMs = -Infinity;
  #written = 0;
  #addresses = new Map<string, Counted>();
  /** For addresses beyond those that are counted individually. */
  #others: Counted | undefined;

  constructor(
    private readonly write: (facts: object, message: string) => void,
    private readonly now: Clock,
  ) {}

  /** Writes a line, or only counts it. */
  take(address: string, facts: object, message: string): void {
    this.settle();
    const counted = this.#countedOf(addressGroup(address));
    if (counted.lines < linesOfAddress && this.#written < linesInAll) {
      counted.lines += 1;
      this.#written += 1;
      this.write(facts, message);
      return;
    }
    const at = this.now();
    if (counted.leftOut === 0) counted.firstAt = at;
    counted.leftOut += 1;
    counted.lastAt = at;
  }

  /** Reports what was left out once the minute is over. Cheap enough to be called with each request. */
  settle(): void {
    const nowMs = this.now().getTime();
    if (nowMs >= this.#startMs && nowMs < this.#startMs + periodMs) return;
    const left = [...this.#addresses].filter(([, { leftOut }]) => leftOut > 0);
    left.sort(([, one], [, other]) => other.leftOut - one.leftOut);
    for (const [address, counted] of left.slice(0, maxNamed)) this.#tell({ address }, [counted]);
    const unnamed = left.slice(maxNamed).map(([, counted]) => counted);
    if (this.#others !== undefined && this.#others.leftOut > 0) unnamed.push(this.#others);
    if (unnamed.length > 0) this.#tell({ addresses: unnamed.length }, unnamed);
    this.#addresses = new Map();
    this.#others = undefined;
    this.#written = 0;
    this.#startMs = nowMs;
  }

  #tell(who: object, counted: readonly Counted[]): void {
    const times = (key: 'firstAt' | 'lastAt') => counted.map((one) => one[key].getTime());
    const facts = {
      ...who,
      leftOut: counted.reduce((sum, { leftOut }) => sum + leftOut, 0),
      firstAt: new Date(Math.min(...times('firstAt'))).toISOString(),
      lastAt: new Date(Math.max(...times('lastAt'))).toISOString(),
    };
    this.write(facts, 'more unauthenticated requests');
  }

  #countedOf(address: string): Counted {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const at = this.now();
    const fresh = { lines: 0, leftOut: 0, firstAt: at, lastAt: at };
    if (this.#addresses.size < maxAddresses) this.#addresses.set(address, fresh);
    else return (this.#others ??= fresh);
    return fresh;
  }
}
