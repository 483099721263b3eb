import type { RolloutJson } from '../../contract/rollout';
import { text } from '../texts';
import { StateBadge } from './badge';
import { whyWords } from '../why-words';

/** The state of a rollout, as a badge and a few words. */
export function RolloutMark({ rollout }: { readonly rollout: RolloutJson }) {
  const { step, steps } = rollout;
  const reason = whyWords(rollout);
  const state = rollout.state === 'running' && rollout.completed_at !== null ? 'complete' : rollout.state;
  const isForAll = state === 'running' && step === steps;
  return (
    <span class="rollout-mark">
      <StateBadge state={state} {...(reason === null ? {} : { title: reason })} />{' '}
      <span class="muted small">{isForAll ? text.rollouts.forAll : text.rollouts.stepOf(step, steps)}</span>
    </span>
  );
}
