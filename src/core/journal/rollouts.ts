import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Named {
  bundle: string;
}

interface Decided extends Named {
  /** `null` if no reason was given. */
  why: Why | null;
}

export const rolloutLines = {
  /** `step` is the one that was reached, from 0. */
  'rollout-promoted': ({ bundle, step, steps, why }: Decided & { step: number; steps: number }) =>
    `the rollout of ${bundle} goes to step ${step + 1} of ${steps}${because(why)}`,
  'rollout-paused': ({ bundle, why }: Decided) => `the rollout of ${bundle} was paused${because(why)}`,
  'rollout-resumed': ({ bundle }: Named) => `the rollout of ${bundle} was resumed`,
  'rollout-completed': ({ bundle, devices }: Named & { devices: number }) =>
    `the rollout of ${bundle} is complete: proven on ${devices === 1 ? '1 device' : `all ${devices} devices`}`,
  'rollout-aborted': ({ bundle, why }: Decided) => `the rollout of ${bundle} was aborted${because(why)}`,
} satisfies Lines;
