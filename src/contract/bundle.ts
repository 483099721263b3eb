import { z } from 'zod';
import { imageCheckStates } from '../core/image-check';
import { bundleFormats, verdicts } from '../core/inspection';
import { count, instant, nullableText, stringList } from './answer-fields';
import { findingJson } from './finding';
import { bundleName, flag } from './request-fields';
import { whyFields } from './why';

/** The path of a request about one bundle. */
export const bundleParams = z.object({ name: bundleName });

export const deleteBundleBody = z.object({
  force: flag.describe('Even if devices are installing it or are pinned to it'),
});

export const deletedBundleJson = z.object({
  deleted: z.object({ name: z.string(), sha256: z.string() }),
});

const place = z.object({ compatible: z.string(), channel: z.string() });

const imageCheckJson = z
  .object({
    state: z.enum(imageCheckStates),
    files: stringList.describe(
      'For a mismatch: the images that differ from the manifest; devices that need one refuse the bundle',
    ),
    reason: nullableText.describe('Why it was not checked'),
    ...whyFields,
  })
  .describe('Result of hashing the images, which happens after the upload');

export const bundleJson = z.object({
  name: z.string(),
  sha256: z.string(),
  size: count.describe('Bytes'),
  compatible: nullableText,
  version: nullableText,
  format: z.enum(bundleFormats).nullable(),
  encrypted: z.boolean(),
  verdict: z.enum(verdicts),
  reasons: z.array(findingJson),
  warnings: z.array(findingJson),
  hints: z.array(findingJson).describe('Possible improvements; none is an error'),
  image_check: imageCheckJson,
  uploaded_at: instant,
  uploaded_by: z.string(),
  active_for: z.array(place),
  manifest_hash: nullableText,
});

export const bundleListJson = z.object({ bundles: z.array(bundleJson) });

const imageJson = z.object({
  slot_class: z.string(),
  variant: nullableText,
  artifact: nullableText,
  filename: nullableText,
  type: nullableText,
  sha256: nullableText,
  size: count.nullable(),
  hooks: stringList,
  adaptive: stringList,
  convert: stringList,
  converted: stringList,
});

const bundleManifestJson = z.object({
  compatible: z.string(),
  version: nullableText,
  description: nullableText,
  build: nullableText,
  min_rauc_version: nullableText,
  format: z.enum(bundleFormats),
  verity_hash: nullableText,
  verity_salt: nullableText,
  verity_size: count.nullable(),
  hooks: z.object({ filename: nullableText, hooks: stringList }),
  handler: z.object({ filename: z.string(), args: nullableText }).nullable(),
  meta: z.record(z.string(), z.record(z.string(), z.string())),
});

const signerJson = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  not_before: instant,
  not_after: instant,
  spki_fingerprint: z.string(),
  key_algorithm: z.string(),
});

export const bundleDetailsJson = bundleJson.extend({
  manifest: bundleManifestJson.nullable(),
  images: z.array(imageJson),
  signer_chain: z.array(signerJson).describe('Leaf first'),
  recipients: z.array(z.object({ issuer: z.string(), serial: z.string(), algorithm: z.string() })),
});

/** A bundle with everything that deleting it would affect. */
export const bundleInUseJson = bundleDetailsJson.extend({
  current: z.array(place.extend({ release_id: count })),
  history: z
    .array(place.extend({ activated_at: instant, by: z.string() }))
    .describe('The last 50 times it was made current, newest first'),
  devices: z.object({
    running: count.describe('Devices of its compatible that run its version'),
    installing: count,
    pinned: count,
    failed: count.describe('Devices whose latest installation of it failed or was rolled back'),
  }),
});

export type ImageCheckJson = z.infer<typeof imageCheckJson>;
export type ImageJson = z.infer<typeof imageJson>;
export type BundleManifestJson = z.infer<typeof bundleManifestJson>;
export type SignerJson = z.infer<typeof signerJson>;
export type BundleJson = z.infer<typeof bundleJson>;
export type BundleDetailsJson = z.infer<typeof bundleDetailsJson>;
export type BundleInUseJson = z.infer<typeof bundleInUseJson>;
export type BundleListJson = z.infer<typeof bundleListJson>;
