import type { RefusalCause } from '../../../core/connection-refusal';
import type { Offer } from '../../../core/offer';
import type { NothingReason } from '../../../core/offer-verdict';
import { type ReportState, reportStates } from '../../../core/report';

export type OfferAnswer = 'bundle' | NothingReason;
/** How RAUC's poller was answered. */
export const pollAnswers = ['redirected', 'unchanged', 'nothing'] as const;
export type PollAnswer = (typeof pollAnswers)[number];

/** What devices did in one protocol since the start, by outcome: the outcomes are few and known. */
export interface ProtocolCounts {
  readonly requests: number;
  readonly offers: ReadonlyMap<OfferAnswer, number>;
  /** Empty in a protocol without polls, or without reports. */
  readonly polls: ReadonlyMap<PollAnswer, number>;
  readonly reports: ReadonlyMap<ReportState, number>;
  /** Requests answered with bytes of bundles, and how many bytes were sent; `null` in a protocol that sends none. */
  readonly bundles: { readonly requests: number; readonly bytes: number } | null;
}

/** Counts what devices do in one protocol. Counting costs next to nothing; reading happens on demand. */
export class ProtocolCounters implements ProtocolCounts {
  requests = 0;
  readonly offers = new Map<OfferAnswer, number>();
  readonly polls = new Map<PollAnswer, number>();
  readonly reports = new Map<ReportState, number>();
  bundles: { requests: number; bytes: number } | null = null;

  countOffer(offer: Offer): void {
    countOne(this.offers, offer.kind === 'bundle' ? 'bundle' : offer.reason);
  }

  countPoll(answer: PollAnswer): void {
    countOne(this.polls, answer);
  }

  countReport(state: ReportState): void {
    countOne(this.reports, state);
  }

  /** Starts counting polls, each answer from 0. */
  beginPolls(): void {
    for (const answer of pollAnswers) this.polls.set(answer, 0);
  }

  /** Starts counting reports, each state from 0. */
  beginReports(): void {
    for (const state of reportStates) this.reports.set(state, 0);
  }

  /** @returns the counter of the bundles that the protocol sends */
  beginBundles(): { requests: number; bytes: number } {
    return (this.bundles ??= { requests: 0, bytes: 0 });
  }
}

/** The protocol of requests that match no route. */
export const noProtocol = 'none';

/** Counts what reaches the device listener. */
export class Counters {
  readonly refusals = new Map<RefusalCause, number>();
  readonly protocols = new Map<string, ProtocolCounters>();

  of(protocol: string): ProtocolCounters {
    const known = this.protocols.get(protocol);
    if (known !== undefined) return known;
    const counters = new ProtocolCounters();
    this.protocols.set(protocol, counters);
    return counters;
  }

  countRefusal(cause: RefusalCause): void {
    countOne(this.refusals, cause);
  }

  /** Sums over all protocols and all causes. */
  totals() {
    const all = [...this.protocols.values()];
    return {
      requests: sum(all.map(({ requests }) => requests)),
      refusedConnections: sum([...this.refusals.values()]),
      bundleRequests: sum(all.map(({ bundles }) => bundles?.requests ?? 0)),
      bundleBytes: sum(all.map(({ bundles }) => bundles?.bytes ?? 0)),
    };
  }
}

function countOne<Word>(counts: Map<Word, number>, word: Word): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
