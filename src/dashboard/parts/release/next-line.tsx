import { Fragment } from 'preact';
import type { RolloutProgressJson } from '../../../contract/rollout';
import { formatCount } from '../../format';
import { text } from '../../texts';
import { nextWords } from '../../why-words';

const words = text.rollouts;

interface NextLineProps {
  readonly progress: RolloutProgressJson;
  /** Leaves out the installations in progress. */
  readonly isShort?: boolean;
}

/** What a rollout waits for, and how many devices failed. For a rollout that is over, its state says the rest. */
export function NextLine({ progress, isShort = false }: NextLineProps) {
  const { failures_in_step: failures, in_progress: open } = progress;
  const next = nextWords(progress);
  const parts = [
    next === null ? null : `${words.next} ${next}`,
    next === null || isShort ? null : <span class="muted">{words.inProgress(formatCount(open))}</span>,
    failures === 0 ? null : <span class="bad-text">{words.failures(formatCount(failures))}</span>,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return (
    <p class={isShort ? 'small' : ''}>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && ' · '}
          {part}
        </Fragment>
      ))}
    </p>
  );
}
