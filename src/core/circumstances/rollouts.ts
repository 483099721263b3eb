import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** Why rollouts advance automatically, and why the server stops them. */
export const rolloutCircumstances = {
  /** `devices` is the number of devices in the step, if the limit is a share of them. */
  'failures-in-step': ({ failures, devices }: { failures: number; devices: number | null }) =>
    `${counted(failures, 'device')} failed or rolled back in this step${devices === null ? '' : ` of ${devices}`}`,
  /** `step` counts from 1. */
  'step-proven': ({ proven, devices, step }: { proven: number; devices: number; step: number }) =>
    `proven on ${proven} of ${counted(devices, 'device')} of step ${step}`,
  'rollout-untrusted': ({ why }: { why: Why }, say: SayWhy) => `the bundle is no longer trusted: ${say(why)}`,
  'rollout-being-counted': () => 'its devices are being counted',
  /** `before` is why it was paused before, if that is known. */
  'rollout-paused-before': ({ why, before }: { why: Why; before: Why | null }, say: SayWhy) =>
    `${say(why)}; it was paused before${before === null ? '' : `: ${say(before)}`}`,
  'held-with-pin': ({ why }: { why: Why }, say: SayWhy) => `${say(why)}. Check its pin, then lift the hold`,
} satisfies Circumstances;
