import type { RolloutProgressJson } from '../../../contract/rollout';
import { lookOf } from '../../../contract/state-looks';
import { stateLabel } from '../../format';
import { text } from '../../texts';
import { type Share, ShareBar } from '../share-bar';

type StepJson = RolloutProgressJson['steps'][number];

/** States of installations that are shown beside `proven`, from the best to the worst. */
const shownStates = [
  'installed',
  'downloading',
  'offered',
  'cancelling',
  'cancelled',
  'stopped',
  'interrupted',
  'lost',
  'rolled-back',
  'failed',
  'rejected',
];

interface ProgressBarProps {
  readonly label: string;
  readonly releaseId: number;
  /** Counted together. */
  readonly steps: readonly StepJson[];
}

/** What has become of the devices of some steps; each part leads to them. */
export function ProgressBar({ label, releaseId, steps }: ProgressBarProps) {
  const hrefOf = (state: string) =>
    `/devices?${new URLSearchParams({ release: String(releaseId), state }).toString()}`;
  const share = (state: string, count: number): Share => {
    const { tone, shape } = lookOf(state);
    return { key: state, label: stateLabel(state), count, look: tone, shape, href: hrefOf(state) };
  };
  const shares = [
    share(
      'proven',
      sumOf(steps, ({ proven }) => proven),
    ),
    ...shownStates.map((state) => share(state, installationsOf(steps, state))),
  ];
  const devices = sumOf(steps, (step) => step.devices);
  // Lost devices are not among those that a step counts.
  const begun = shares.reduce((sum, { key, count }) => sum + (key === 'lost' ? 0 : count), 0);
  const notYet = {
    key: 'none',
    label: text.rollouts.notYet,
    count: Math.max(0, devices - begun),
    look: 'idle',
  };
  return <ShareBar label={label} shares={[...shares, notYet]} />;
}

/** How many installations of some steps came to a state. */
export function installationsOf(steps: readonly StepJson[], state: string): number {
  return sumOf(steps, ({ installations }) => installations[state] ?? 0);
}

function sumOf(steps: readonly StepJson[], count: (step: StepJson) => number): number {
  return steps.reduce((sum, step) => sum + count(step), 0);
}
