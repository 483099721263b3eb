import { z } from 'zod';
import { channelField, policyFields } from './policy';
import { effectFields } from './reach';
import { releaseJson } from './release';
import { activationJson } from './release-history';
import { bundleName, compatible, flag } from './request-fields';

/** The path that makes a bundle current for a compatible. */
export const activateParams = z.object({ compatible, name: bundleName });

export const activateBody = z.strictObject({
  force: flag.describe('although the manifest names another compatible'),
  channel: channelField,
  ...policyFields,
});

export const activatedJson = z.object({
  release: releaseJson,
  changed: z.boolean().describe('false when it was current before'),
  ...effectFields,
});

export const deactivateParams = z.object({ compatible });

export const deactivatedJson = z.object({ activation: activationJson });

export type ActivateBody = z.infer<typeof activateBody>;
