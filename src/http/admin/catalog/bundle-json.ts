import { z } from 'zod';
import type { Bundle } from '../../../core/bundle';
import type { StoredImageCheck } from '../../../core/image-check';
import type { ListedBundle } from '../../../services/catalog/list-bundles';

const instant = z.iso.datetime();
const nullableText = z.string().nullable();
export const findingJson = z.object({ code: z.string(), message: z.string() });
const stringList = z.array(z.string());

const imageCheckJson = z
  .object({
    state: z.enum(['being-checked', 'sound', 'mismatch', 'not-checked']),
    files: stringList.describe(
      'of a mismatch: what the manifest says otherwise; devices that need it refuse it',
    ),
    reason: nullableText.describe('why it was not checked'),
  })
  .describe('what hashing the images came to, which happens after the upload');

export const bundleJson = z.object({
  name: z.string(),
  sha256: z.string(),
  size: z.number().int().describe('bytes'),
  compatible: nullableText,
  version: nullableText,
  format: z.enum(['plain', 'verity', 'crypt']).nullable(),
  encrypted: z.boolean(),
  verdict: z.enum(['trusted', 'unchecked', 'untrusted', 'broken']),
  reasons: z.array(findingJson),
  warnings: z.array(findingJson),
  hints: z.array(findingJson).describe('what could be better, and does no harm as it is'),
  image_check: imageCheckJson,
  uploaded_at: instant,
  uploaded_by: z.string(),
  active_for: z.array(z.object({ compatible: z.string(), channel: z.string() })),
  manifest_hash: nullableText,
});

const image = z.object({
  slot_class: z.string(),
  variant: nullableText,
  artifact: nullableText,
  filename: nullableText,
  type: nullableText,
  sha256: nullableText,
  size: z.number().int().nullable(),
  hooks: stringList,
  adaptive: stringList,
  convert: stringList,
  converted: stringList,
});

const manifest = z.object({
  compatible: z.string(),
  version: nullableText,
  description: nullableText,
  build: nullableText,
  min_rauc_version: nullableText,
  format: z.enum(['plain', 'verity', 'crypt']),
  verity_hash: nullableText,
  verity_salt: nullableText,
  verity_size: z.number().int().nullable(),
  hooks: z.object({ filename: nullableText, hooks: stringList }),
  handler: z.object({ filename: z.string(), args: nullableText }).nullable(),
  meta: z.record(z.string(), z.record(z.string(), z.string())),
});

const signer = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  not_before: instant,
  not_after: instant,
  spki_fingerprint: z.string(),
  key_algorithm: z.string(),
});

export const bundleDetailsJson = bundleJson.extend({
  manifest: manifest.nullable(),
  images: z.array(image),
  signer_chain: z.array(signer).describe('leaf first'),
  recipients: z.array(z.object({ issuer: z.string(), serial: z.string(), algorithm: z.string() })),
});

export function presentBundle({ bundle, activeFor }: ListedBundle): z.infer<typeof bundleJson> {
  const { inspection } = bundle;
  return {
    name: bundle.name,
    sha256: bundle.sha256,
    size: bundle.sizeBytes,
    compatible: bundle.compatible,
    version: inspection.manifest?.version ?? null,
    format: inspection.format,
    encrypted: inspection.encrypted,
    verdict: inspection.verdict,
    reasons: inspection.reasons.map(({ code, message }) => ({ code, message })),
    warnings: inspection.warnings.map(({ code, message }) => ({ code, message })),
    hints: inspection.hints.map(({ code, message }) => ({ code, message })),
    image_check: presentImageCheck(bundle.imageCheck),
    uploaded_at: bundle.uploadedAt.toISOString(),
    uploaded_by: bundle.uploadedBy,
    active_for: activeFor.map(({ compatible, channel }) => ({ compatible, channel })),
    manifest_hash: inspection.manifestHash,
  };
}

function presentImageCheck(check: StoredImageCheck): z.infer<typeof imageCheckJson> {
  return {
    state: check.state,
    files: check.state === 'mismatch' ? [...check.files] : [],
    reason: check.state === 'not-checked' ? check.reason : null,
  };
}

export function presentBundleDetails(listed: ListedBundle): z.infer<typeof bundleDetailsJson> {
  const { inspection } = listed.bundle;
  return {
    ...presentBundle(listed),
    manifest: presentManifest(listed.bundle),
    images: (inspection.manifest?.images ?? []).map(({ slotClass, sizeBytes, ...rest }) => ({
      slot_class: slotClass,
      variant: rest.variant,
      artifact: rest.artifact,
      filename: rest.filename,
      type: rest.type,
      sha256: rest.sha256,
      size: sizeBytes,
      hooks: [...rest.hooks],
      adaptive: [...rest.adaptive],
      convert: [...rest.convert],
      converted: [...rest.converted],
    })),
    signer_chain: inspection.signerChain.map((certificate) => ({
      subject: certificate.subject,
      issuer: certificate.issuer,
      serial: certificate.serial,
      not_before: certificate.notBefore.toISOString(),
      not_after: certificate.notAfter.toISOString(),
      spki_fingerprint: certificate.spkiFingerprint,
      key_algorithm: certificate.keyAlgorithm,
    })),
    recipients: inspection.recipients.map(({ issuer, serial, algorithm }) => ({ issuer, serial, algorithm })),
  };
}

function presentManifest(bundle: Bundle): z.infer<typeof manifest> | null {
  const source = bundle.inspection.manifest;
  if (source === null) return null;
  return {
    compatible: source.compatible,
    version: source.version,
    description: source.description,
    build: source.build,
    min_rauc_version: source.minRaucVersion,
    format: source.format,
    verity_hash: source.verityHash,
    verity_salt: source.veritySalt,
    verity_size: source.veritySizeBytes,
    hooks: { filename: source.hooks.filename, hooks: [...source.hooks.hooks] },
    handler: source.handler,
    meta: Object.fromEntries(Object.entries(source.meta).map(([label, values]) => [label, { ...values }])),
  };
}
