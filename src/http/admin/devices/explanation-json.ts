import { snakeCase } from '../../../base/text/field-names';
import type { ExplainedOfferJson, ExplanationJson } from '../../../contract/explanation';
import { sentenceOf } from '../../../core/offer-sentences';
import type { ExplainedOffer, Explanation } from '../../../services/offers/explain-offer';

export function presentExplanation({ deviceId, answers }: Explanation): ExplanationJson {
  const answerIn = (name: string) => {
    const answer = answers.find(({ protocol }) => protocol === name);
    if (answer === undefined) throw new Error(`there is no protocol ${name}`);
    return presentAnswer(answer);
  };
  return {
    device: deviceId,
    answers: answers.map((answer) => ({ protocol: answer.protocol, ...presentAnswer(answer) })),
    manifest: answerIn('manifest'),
    polling: answerIn('polling'),
  };
}

function presentAnswer({ offer, chain }: ExplainedOffer): ExplainedOfferJson {
  const rules = chain.map((result) => ({
    rule: result.rule,
    passed: result.passed,
    message: sentenceOf(result),
    reason: result.code,
    parameters: snakeCase({ ...result.parameters }),
  }));
  if (offer.kind === 'nothing')
    return {
      offered: null,
      reason: offer.reason,
      parameters: snakeCase({ ...offer.because.parameters }),
      message: sentenceOf(offer.because),
      rules,
    };
  const { name } = offer.bundle;
  return { offered: name, reason: null, parameters: null, message: `it gets ${name}`, rules };
}
