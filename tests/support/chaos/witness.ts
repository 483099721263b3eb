import type { ReleaseTimeline } from './release-timeline';

/** An answer to a question for an update. */
export interface Polled {
  readonly device: string;
  readonly sentMs: number;
  readonly answeredMs: number;
  /** The name of the offered bundle; empty for none. */
  readonly offered: string;
}

/** A report that the server has acknowledged. */
export interface Acknowledged {
  readonly device: string;
  readonly transactionId: string;
  readonly state: 'installed' | 'failed';
  readonly message: string | null;
}

/** What the devices saw. */
export class Witness {
  polls = 0;
  doublePolls = 0;
  unanswered = 0;
  ranges = 0;
  bytes = 0;
  /** The longest time in which no report at all was acknowledged, in milliseconds. */
  longestPauseMs = 0;
  readonly reports: Acknowledged[] = [];
  /** Offers of bundles that were not released between question and answer. */
  readonly unreleased: Polled[] = [];
  /** Questions that two servers answered with different bundles although none was released meanwhile. */
  readonly contradictions: (readonly Polled[])[] = [];
  /** Ranges with other bytes than the bundle has there. */
  readonly wrongBytes: string[] = [];
  /** Answers that no device should get, whatever fails. */
  readonly strange: string[] = [];
  #acknowledgedMs: number | undefined;

  constructor(private readonly timeline: Pick<ReleaseTimeline, 'mayOffer' | 'mayChange'>) {}

  sawAcknowledgement(atMs: number): void {
    this.longestPauseMs = Math.max(this.longestPauseMs, atMs - (this.#acknowledgedMs ?? atMs));
    this.#acknowledgedMs = atMs;
  }

  sawAnswer(polled: Polled): void {
    this.polls += 1;
    const { offered, sentMs, answeredMs } = polled;
    if (offered !== '' && !this.timeline.mayOffer(offered, sentMs, answeredMs)) this.unreleased.push(polled);
  }

  /** Two servers answered the same question, which was sent to both at once. */
  sawTwo(two: readonly Polled[]): void {
    this.doublePolls += 1;
    const offered = new Set(two.map((polled) => polled.offered).filter((name) => name !== ''));
    if (offered.size < 2) return;
    const fromMs = Math.min(...two.map(({ sentMs }) => sentMs));
    const untilMs = Math.max(...two.map(({ answeredMs }) => answeredMs));
    if (!this.timeline.mayChange(fromMs, untilMs)) this.contradictions.push(two);
  }

  sawBytes(name: string, start: number, received: Buffer, content: Buffer): void {
    this.ranges += 1;
    this.bytes += received.length;
    if (!received.equals(content.subarray(start, start + received.length)))
      this.wrongBytes.push(`${name} from ${start}`);
  }
}
