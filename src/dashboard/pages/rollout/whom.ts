import { readStep } from '../../parts/release/steps';
import { text } from '../../texts';

/** Which devices a step of a policy reaches, worded for use within a sentence. */
export function audienceOf(word: string): string {
  const step = readStep(word);
  switch (step?.kind) {
    case 'group':
      return text.rollouts.stepWithLabel(step.label);
    case 'attribute':
      return text.rollouts.stepWithAttribute(step.attribute);
    case 'percent':
      return text.rollouts.stepPercent(step.percent);
    case undefined:
      return word;
  }
}
