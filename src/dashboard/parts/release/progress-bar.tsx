import type { RolloutProgressJson } from '../../../contract/rollout';
import { lookOf } from '../../../contract/state-looks';
import { stateLabel } from '../../format';
import { text } from '../../texts';
import { type Share, ShareBar } from '../share-bar';

type StepJson = RolloutProgressJson['steps'][number];

/** Installation states shown in addition to `proven`, from best to worst. */
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
  /** Summed up. */
  readonly steps: readonly StepJson[];
}

/** The state of the devices of some steps; each part links to them. */
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
  // Steps do not count lost devices.
  const begun = shares.reduce((sum, { key, count }) => sum + (key === 'lost' ? 0 : count), 0);
  const notYet = {
    key: 'none',
    label: text.rollouts.notYet,
    count: Math.max(0, devices - begun),
    look: 'idle',
  };
  return <ShareBar label={label} shares={[...shares, notYet]} />;
}

/** How many installations of some steps have reached a state. */
export function installationsOf(steps: readonly StepJson[], state: string): number {
  return sumOf(steps, ({ installations }) => installations[state] ?? 0);
}

function sumOf(steps: readonly StepJson[], count: (step: StepJson) => number): number {
  return steps.reduce((sum, step) => sum + count(step), 0);
}
