import { z } from 'zod';
import { count } from './answer-fields';
import { channelField, policyFields } from './policy';
import { effectFields } from './reach';
import { releaseJson } from './release';
import { activationJson } from './release-history';
import { bundleName, compatible, flag, wholeNumber } from './request-fields';

/** The path that makes a bundle current for a compatible. */
export const activateParams = z.object({ compatible, name: bundleName });

export const activateBody = z.strictObject({
  force: flag.describe('Even if the manifest names another compatible'),
  channel: channelField,
  ...policyFields,
});

export const activatedJson = z.object({
  release: releaseJson,
  changed: z.boolean().describe('False if it was current already'),
  ...effectFields,
});

export const deactivateParams = z.object({ compatible });

/** A form sends text; a field left empty is an empty text. */
export const deactivateCompatibleBody = z.strictObject({
  expected_release: z
    .union([count, z.literal(''), wholeNumber])
    .optional()
    .transform((value) => (value === undefined || value === '' ? undefined : Number(value)))
    .describe('Refuse if another release is current'),
});

export const deactivatedJson = z.object({ activation: activationJson });

export type ActivateBody = z.infer<typeof activateBody>;
