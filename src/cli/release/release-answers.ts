import { z } from 'zod';
import { reachAnswer, warningsAnswer } from './reach';

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

export const madeReleaseAnswer = releaseAnswer.extend({ reach: reachAnswer, warnings: warningsAnswer });

export const releasePreviewAnswer = z.object({
  compatible: z.string(),
  channel: z.string(),
  version: z.string().nullable(),
  changes: z.boolean(),
  current: releaseAnswer.nullable(),
  reach: reachAnswer.unwrap().unwrap(),
  warnings: warningsAnswer,
});

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

const resultAnswer = z.object({
  state: z.string(),
  step: z.number(),
  steps: z.number(),
  reason: z.string().nullable(),
  devices: z.number(),
  proven: z.number(),
  failed: z.number(),
});

type ResultAnswer = z.infer<typeof resultAnswer>;

export const backAnswer = z.object({
  release_id: z.number(),
  bundle: z.string(),
  policy: z.object({ steps: z.string() }),
  result: resultAnswer,
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
      release_id: z.number().nullable(),
      ended_at: z.string().nullable(),
      result: resultAnswer.nullable(),
    }),
  ),
});

/** `running, step 2 of 3`, with the reason of a pause. */
export function describeState({ rollout }: ReleaseAnswer): string {
  const { state, step, steps, reason } = rollout;
  return `${state}, step ${step} of ${steps}${reason === null ? '' : `: ${reason}`}`;
}

/** `running, step 2 of 3: proven on 40 of 42 devices, 1 failed`. */
export function describeResult({ state, step, steps, devices, proven, failed }: ResultAnswer): string {
  const place = `${state}, step ${step} of ${steps}`;
  if (devices === 0) return `${place}: no device began to install it`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${place}: proven on ${proven} of ${devices} ${devices === 1 ? 'device' : 'devices'}${failures}`;
}
