import { z } from 'zod';
import { reachAnswer, warningsAnswer } from '../release/reach';

/** What the commands read of the REST API's answers; there may be more in them. */
const finding = z.object({ code: z.string(), message: z.string() });

export const bundleAnswer = z.object({
  name: z.string(),
  size: z.number(),
  compatible: z.string().nullable(),
  version: z.string().nullable(),
  format: z.string().nullable(),
  verdict: z.string(),
  warnings: z.array(finding),
  image_check: z
    .object({ state: z.string(), files: z.array(z.string()), reason: z.string().nullable() })
    .optional(), // a server of an earlier version
  uploaded_at: z.string(),
  active_for: z.array(z.object({ compatible: z.string(), channel: z.string() })),
});

export type BundleAnswer = z.infer<typeof bundleAnswer>;

export const bundlesAnswer = z.object({ bundles: z.array(bundleAnswer) });

const release = z.object({ compatible: z.string(), bundle: z.string() });

export const uploadAnswer = z.object({
  bundle: bundleAnswer,
  /** `null` when the answer was lost: the server has it, now or from before. */
  created: z.boolean().nullable(),
  release: release.nullable(),
  reach: reachAnswer,
  warnings: warningsAnswer,
});

export const activateAnswer = z.object({
  release,
  changed: z.boolean(),
  reach: reachAnswer,
  warnings: warningsAnswer,
});
