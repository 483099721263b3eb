import { readStep } from '../../parts/release/steps';
import { text } from '../../texts';

/** Whom a step of a policy reaches, worded for use within a sentence. */
export function audienceOf(word: string): string {
  const step = readStep(word);
  if (step === null) return word;
  return step.kind === 'group'
    ? text.rollouts.stepWithLabel(step.label)
    : text.rollouts.stepPercent(step.percent);
}
