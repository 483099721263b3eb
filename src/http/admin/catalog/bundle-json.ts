import type {
  BundleDetailsJson,
  BundleInUseJson,
  BundleJson,
  BundleManifestJson,
  ImageCheckJson,
  ImageJson,
  SignerJson,
} from '../../../contract/bundle';
import type { Bundle } from '../../../core/bundle';
import type { Image, SignerCertificate } from '../../../core/inspection';
import type { StoredImageCheck } from '../../../core/image-check';
import type { BundleDescription } from '../../../services/catalog/describe-bundle';
import type { ListedBundle } from '../../../services/catalog/list-bundles';
import { presentFinding, presentWhy } from '../../../contract/present-why';

export function presentBundle({ bundle, activeFor }: ListedBundle): BundleJson {
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
    reasons: inspection.reasons.map(presentFinding),
    warnings: inspection.warnings.map(presentFinding),
    hints: inspection.hints.map(presentFinding),
    image_check: presentImageCheck(bundle.imageCheck),
    uploaded_at: bundle.uploadedAt.toISOString(),
    uploaded_by: bundle.uploadedBy,
    active_for: activeFor.map(({ compatible, channel }) => ({ compatible, channel })),
    manifest_hash: inspection.manifestHash,
  };
}

function presentImageCheck(check: StoredImageCheck): ImageCheckJson {
  return {
    state: check.state,
    files: check.state === 'mismatch' ? [...check.files] : [],
    ...presentWhy(check.state === 'not-checked' ? check.reason : null),
  };
}

export function presentBundleDetails(listed: ListedBundle): BundleDetailsJson {
  const { inspection } = listed.bundle;
  return {
    ...presentBundle(listed),
    manifest: presentManifest(listed.bundle),
    images: (inspection.manifest?.images ?? []).map(presentImage),
    signer_chain: inspection.signerChain.map(presentSigner),
    recipients: inspection.recipients.map(({ issuer, serial, algorithm }) => ({ issuer, serial, algorithm })),
  };
}

export function presentBundleInUse(described: BundleDescription): BundleInUseJson {
  return {
    ...presentBundleDetails(described),
    current: described.current.map(({ compatible, channel, id }) => ({
      compatible,
      channel,
      release_id: id,
    })),
    history: described.history.map(({ compatible, channel, at, by }) => ({
      compatible,
      channel,
      activated_at: at.toISOString(),
      by,
    })),
    devices: { ...described.devices },
  };
}

function presentManifest(bundle: Bundle): BundleManifestJson | null {
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

function presentImage(image: Image): ImageJson {
  return {
    slot_class: image.slotClass,
    variant: image.variant,
    artifact: image.artifact,
    filename: image.filename,
    type: image.type,
    sha256: image.sha256,
    size: image.sizeBytes,
    hooks: [...image.hooks],
    adaptive: [...image.adaptive],
    convert: [...image.convert],
    converted: [...image.converted],
  };
}

function presentSigner(certificate: SignerCertificate): SignerJson {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    spki_fingerprint: certificate.spkiFingerprint,
    key_algorithm: certificate.keyAlgorithm,
  };
}
