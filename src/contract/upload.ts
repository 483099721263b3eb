import { z } from 'zod';
import { bundleDetailsJson } from './bundle';
import { channelField, policyFields } from './policy';
import { reachJson, warningsJson } from './reach';
import { releaseJson } from './release';
import { flag, optionalCompatible } from './request-fields';

/** The form's fields besides the file. */
export const uploadFields = z.strictObject({
  activate: flag.describe('Make it current for its compatible in the same step'),
  compatible: optionalCompatible.describe(
    'Required for an encrypted bundle; default: the one in the manifest',
  ),
  force: flag.describe('Activate even if the manifest names another compatible'),
  channel: channelField,
  ...policyFields,
});

export const uploadJson = z.object({
  bundle: bundleDetailsJson,
  created: z.boolean().describe('False if the same bytes were already stored under this name'),
  release: releaseJson.nullable(),
  reach: reachJson
    .nullable()
    .describe(
      'The devices that the release reaches; null without a release, or if they cannot be counted now',
    ),
  warnings: warningsJson,
});

export type UploadJson = z.infer<typeof uploadJson>;
