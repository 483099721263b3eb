import { z } from 'zod';
import { reachAnswer } from './reach';

/** What the commands read of the REST API's answers; there may be more in them. */
export const releaseAnswer = z.object({
  id: z.number(),
  compatible: z.string(),
  channel: z.string(),
  bundle: z.string(),
  version: z.string().nullable(),
  released_at: z.string(),
  released_by: z.string(),
  rollout: z.object({
    state: z.string(),
    step: z.number(),
    steps: z.number(),
    reason: z.string().nullable(),
    policy: z.object({
      steps: z.string(),
      start_at: z.string().nullable(),
      promote_at_percent: z.number().nullable(),
      pause_at_failures: z.number().nullable(),
      pause_at_percent: z.number().nullable(),
      max_in_progress: z.number().nullable(),
      window: z.string().nullable(),
      allow_downgrade: z.boolean().optional(),
      from: z.string().nullish(),
    }),
  }),
});

export type ReleaseAnswer = z.infer<typeof releaseAnswer>;

export const madeReleaseAnswer = releaseAnswer.extend({ reach: reachAnswer });

export const releasesAnswer = z.object({ releases: z.array(releaseAnswer) });

export const releaseDetailsAnswer = releaseAnswer.extend({
  progress: z.object({
    steps: z.array(
      z.object({
        step: z.string(),
        devices: z.number(),
        proven: z.number(),
        installations: z.record(z.string(), z.number()),
      }),
    ),
    in_progress: z.number(),
    failures_in_step: z.number(),
    next: z.string(),
  }),
});

export const historyAnswer = z.object({
  history: z.array(
    z.object({
      id: z.number(),
      at: z.string(),
      by: z.string(),
      action: z.string(),
      compatible: z.string(),
      channel: z.string(),
      bundle: z.string().nullable(),
      previous_bundle: z.string().nullable(),
    }),
  ),
});

/** `running, step 2 of 3`, with the reason of a pause. */
export function describeState({ rollout }: ReleaseAnswer): string {
  const { state, step, steps, reason } = rollout;
  return `${state}, step ${step} of ${steps}${reason === null ? '' : `: ${reason}`}`;
}
