import { z } from 'zod';
import { bundleDetailsJson } from './bundle';
import { channelField, policyFields } from './policy';
import { reachJson, warningsJson } from './reach';
import { releaseJson } from './release';
import { flag, optionalCompatible } from './request-fields';

/** The form's fields besides the file. */
export const uploadFields = z.strictObject({
  activate: flag.describe('make it current for its compatible in the same step'),
  compatible: optionalCompatible.describe(
    'needed for an encrypted bundle, else the one in its manifest is meant',
  ),
  force: flag.describe('activate although the manifest names another compatible'),
  channel: channelField,
  ...policyFields,
});

export const uploadJson = z.object({
  bundle: bundleDetailsJson,
  created: z.boolean().describe('false when the same bytes were stored under this name before'),
  release: releaseJson.nullable(),
  reach: reachJson
    .nullable()
    .describe('whom the release reaches; null without one, or when that cannot be counted now'),
  warnings: warningsJson,
});

export type UploadJson = z.infer<typeof uploadJson>;
