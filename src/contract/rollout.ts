import { z } from 'zod';
import { rolloutStates } from '../core/rollout';
import { count, instant, nullableInstant } from './answer-fields';
import { policyJson } from './policy';
import { whyFields } from './why';

export const rolloutState = z.enum(rolloutStates);

export const rolloutJson = z.object({
  state: rolloutState,
  step: count.describe('from 1'),
  steps: count,
  step_started_at: instant,
  reason: z.string().nullable(),
  ...whyFields,
  changed_by: z.string(),
  changed_at: instant,
  completed_at: nullableInstant.describe(
    'when all devices that it is meant for were proven; those that come later do not undo it',
  ),
  policy: policyJson,
});

/** The devices that a rollout is meant for, and those that it does not wait for. */
export const meantDevicesJson = z.object({
  devices: count.describe('that it is meant for, silent ones among them; neither held nor pinned ones'),
  proven: count.describe('of them'),
  silent: count.describe('of them: not proven, and not heard of for long; they keep it from being complete'),
  not_reached: count.describe('of them: not proven, and never offered it'),
  held: count.describe('beside them: not proven, and held'),
  pinned: count.describe('beside them: not proven, and pinned'),
});

export const rolloutProgressJson = z.object({
  total: meantDevicesJson,
  steps: z.array(
    z.object({
      step: z.string().describe('as in the policy'),
      devices: count.describe('that this step reaches first'),
      proven: count,
      installations: z.record(z.string(), count).describe('these devices by the state of their installation'),
    }),
  ),
  in_progress: count,
  failures_in_step: count.describe('devices; one that fails again counts once'),
  next: z.string().describe('what it waits for'),
  next_code: z
    .string()
    .describe('the same as a code, for those who say it in their own words; more may be added'),
  next_parameters: z.record(z.string(), z.unknown()).describe('what the sentence of `next_code` needs'),
  counted_at: instant,
});

export const promoteBody = z.strictObject({
  from_step: z
    .number()
    .int()
    .min(1)
    .describe('the step that the caller saw: of two who promote at once, one is refused'),
});

export type RolloutJson = z.infer<typeof rolloutJson>;
export type RolloutProgressJson = z.infer<typeof rolloutProgressJson>;
export type MeantDevicesJson = z.infer<typeof meantDevicesJson>;
