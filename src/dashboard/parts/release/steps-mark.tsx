import type { RolloutJson } from '../../../contract/rollout';
import { text } from '../../texts';
import { readStep } from './steps';

/** Which devices a step reaches, in words. */
export function stepWords(word: string): string {
  const step = readStep(word);
  switch (step?.kind) {
    case 'group':
      return text.rollouts.group(step.label);
    case 'attribute':
      return step.attribute;
    case 'percent':
      return text.rollouts.percent(step.percent);
    case undefined:
      return word;
  }
}

/** The steps of a rollout in miniature, with the current one marked. */
export function StepsMark({ rollout }: { readonly rollout: RolloutJson }) {
  const { step: reached, state } = rollout;
  const steps = rollout.policy.steps.split(',');
  const label = text.rollouts.stepPicture(reached, steps.length, stepWords(steps[reached - 1] ?? ''));
  return (
    <div class={`steps-mark ${state}`} role="img" aria-label={label}>
      {steps.map((step, index) => (
        <span key={step} class={index + 1 < reached ? 'past' : index + 1 === reached ? 'present' : 'future'}>
          {stepWords(step)}
        </span>
      ))}
    </div>
  );
}
