import type { BundleManifestJson, ImageCheckJson, ImageJson, SignerJson } from '../../contract/bundle';
import { presentFinding, presentWhy } from '../../contract/present-why';
import type { ImageCheck } from '../../core/image-check';
import type { Image, Inspection, Manifest, SignerCertificate } from '../../core/inspection';

/** An inspection for scripts, with the names that the REST API uses for bundles. */
export function inspectionJson(inspection: Inspection): object {
  const { manifest } = inspection;
  return {
    verdict: inspection.verdict,
    reasons: inspection.reasons.map(presentFinding),
    warnings: inspection.warnings.map(presentFinding),
    hints: inspection.hints.map(presentFinding),
    format: inspection.format,
    encrypted: inspection.encrypted,
    size: inspection.sizeBytes,
    payload_size: inspection.payloadSizeBytes,
    signature_size: inspection.signatureSizeBytes,
    manifest_hash: inspection.manifestHash,
    manifest: manifest === null ? null : manifestJson(manifest),
    images: (manifest?.images ?? []).map(imageJson),
    signer_chain: inspection.signerChain.map(signerJson),
    recipients: inspection.recipients,
  };
}

/** The result of hashing the images; `files` are those that do not match the manifest. */
export function imageCheckJson(check: ImageCheck): ImageCheckJson {
  return {
    state: check.state,
    files: check.state === 'mismatch' ? [...check.files] : [],
    ...presentWhy(check.state === 'not-checked' ? check.reason : null),
  };
}

function manifestJson(manifest: Manifest): BundleManifestJson {
  return {
    compatible: manifest.compatible,
    version: manifest.version,
    description: manifest.description,
    build: manifest.build,
    min_rauc_version: manifest.minRaucVersion,
    format: manifest.format,
    verity_hash: manifest.verityHash,
    verity_salt: manifest.veritySalt,
    verity_size: manifest.veritySizeBytes,
    hooks: { filename: manifest.hooks.filename, hooks: [...manifest.hooks.hooks] },
    handler: manifest.handler,
    meta: Object.fromEntries(Object.entries(manifest.meta).map(([label, values]) => [label, { ...values }])),
  };
}

function imageJson(image: Image): ImageJson {
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

function signerJson(certificate: SignerCertificate): SignerJson {
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
