import { z } from 'zod';
import { rolloutStates } from '../core/rollout';
import { count, instant, nullableInstant } from './answer-fields';
import { policyJson } from './policy';
import { whyFields } from './why';

export const rolloutState = z.enum(rolloutStates);

export const rolloutJson = z.object({
  state: rolloutState,
  step: count.describe('Counted from 1'),
  steps: count,
  step_started_at: instant,
  reason: z.string().nullable(),
  ...whyFields,
  changed_by: z.string(),
  changed_at: instant,
  completed_at: nullableInstant.describe(
    'When all devices that it is meant for were proven; later devices do not change this',
  ),
  policy: policyJson,
});

/** The devices for which a rollout is meant, and those for which it does not wait. */
export const meantDevicesJson = z.object({
  devices: count.describe(
    'Devices that it is meant for, including silent ones, without held and pinned ones',
  ),
  proven: count.describe('Of these'),
  silent: count.describe(
    'Of these: not proven, and not heard from for a long time; the rollout cannot complete without them',
  ),
  not_reached: count.describe('Of these: not proven, and never offered it'),
  held: count.describe('In addition: not proven, and held'),
  pinned: count.describe('In addition: not proven, and pinned'),
});

export const rolloutProgressJson = z.object({
  total: meantDevicesJson,
  steps: z.array(
    z.object({
      step: z.string().describe('As in the policy'),
      devices: count.describe('Devices that are first reached by this step'),
      proven: count,
      installations: z.record(z.string(), count).describe('These devices by the state of their installation'),
    }),
  ),
  in_progress: count,
  failures_in_step: count.describe('Devices; one that fails again counts once'),
  next: z.string().describe('What the rollout is waiting for'),
  next_code: z
    .string()
    .describe('The same, as a code for clients that use their own wording; more codes may be added'),
  next_parameters: z
    .record(z.string(), z.unknown())
    .describe('Parameters of the sentence that `next_code` stands for'),
  counted_at: instant,
});

export const promoteBody = z.strictObject({
  from_step: z
    .number()
    .int()
    .min(1)
    .describe('The step that the caller saw, so that only one of two simultaneous requests succeeds'),
});

export type RolloutJson = z.infer<typeof rolloutJson>;
export type RolloutProgressJson = z.infer<typeof rolloutProgressJson>;
export type MeantDevicesJson = z.infer<typeof meantDevicesJson>;
