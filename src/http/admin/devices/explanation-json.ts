import type { ExplainedOfferJson, ExplanationJson } from '../../../contract/explanation';
import type { Offer } from '../../../core/offer';
import type { Explanation } from '../../../services/offers/explain-offer';

export function presentExplanation({ deviceId, manifest, polling }: Explanation): ExplanationJson {
  return { device: deviceId, manifest: presentOffer(manifest), polling: presentOffer(polling) };
}

function presentOffer(offer: Offer): ExplainedOfferJson {
  const rules = offer.chain.map((result) => ({ ...result }));
  if (offer.kind === 'nothing') return { offered: null, reason: offer.reason, message: offer.message, rules };
  return { offered: offer.bundle.name, reason: null, message: `it gets ${offer.bundle.name}`, rules };
}
