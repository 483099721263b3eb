import type { Bundle } from './bundle';
import type { AskingDevice, OfferTerms, Question } from './offer-question';
import type { Release } from './release';

/** The bundle that the rules judge. */
export interface Candidate {
  readonly source: 'standing' | 'pin' | 'release';
  readonly bundle: Bundle;
  readonly release: Release | null;
  readonly step: number | null;
}

/** What the rules judge. */
export interface Case {
  readonly device: AskingDevice;
  readonly question: Question;
  readonly terms: OfferTerms;
  readonly candidate: Candidate | undefined;
}
