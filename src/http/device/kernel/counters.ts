import type { Offer } from '../../../core/offer';
import type { NothingReason } from '../../../core/offer-rules';
import type { ReportState } from '../../../core/report';
import type { RefusalCause } from '../transport/connections';

export type OfferAnswer = 'bundle' | NothingReason;
/** What RAUC's poller was told. */
export const pollAnswers = ['redirected', 'unchanged', 'nothing'] as const;
export type PollAnswer = (typeof pollAnswers)[number];
/** The protocols in which a device asks what it should install. */
export const offerProtocols = ['manifest', 'polling'] as const;
export type OfferProtocol = (typeof offerProtocols)[number];

/** Counts since the start, by what may happen: the words of each are few and known. */
export interface EndpointCounts {
  readonly refusals: ReadonlyMap<RefusalCause, number>;
  readonly offers: Readonly<Record<OfferProtocol, ReadonlyMap<OfferAnswer, number>>>;
  readonly polls: ReadonlyMap<PollAnswer, number>;
  readonly reports: ReadonlyMap<ReportState, number>;
}

/** Counts what devices do at the endpoints. Counting costs next to nothing, reading happens when somebody asks. */
export class Counters implements EndpointCounts {
  readonly refusals = new Map<RefusalCause, number>();
  readonly offers = { manifest: new Map<OfferAnswer, number>(), polling: new Map<OfferAnswer, number>() };
  readonly polls = new Map<PollAnswer, number>();
  readonly reports = new Map<ReportState, number>();

  countOffer(protocol: OfferProtocol, offer: Offer): void {
    countOne(this.offers[protocol], offer.kind === 'bundle' ? 'bundle' : offer.reason);
  }

  countPoll(answer: PollAnswer): void {
    countOne(this.polls, answer);
  }

  countReport(state: ReportState): void {
    countOne(this.reports, state);
  }

  countRefusal(cause: RefusalCause): void {
    countOne(this.refusals, cause);
  }
}

function countOne<Word>(counts: Map<Word, number>, word: Word): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
