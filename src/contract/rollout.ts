import { z } from 'zod';
import { rolloutStates } from '../core/rollout';
import { count, instant } from './answer-fields';
import { policyJson } from './policy';

export const rolloutState = z.enum(rolloutStates);

export const rolloutJson = z.object({
  state: rolloutState,
  step: count.describe('from 1'),
  steps: count,
  step_started_at: instant,
  reason: z.string().nullable(),
  changed_by: z.string(),
  changed_at: instant,
  policy: policyJson,
});

export const rolloutProgressJson = z.object({
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
