import { circumstance } from '../core/circumstances/catalogue';
import { createHash } from 'node:crypto';
import type { Finding, Inspection, Manifest, Verdict } from '../core/inspection';
import { BrokenBundle } from './broken';
import { describeCertificate, type ParsedCertificate } from './certificate';
import { type Untrusted, validateChain } from './chain';
import { type BundleCms, parseCms } from './cms';
import { verifySignature, type VerifiedSignature } from './cms-signature';
import { refused } from './group-reader';
import { manifestHints } from './hints';
import { parseKeyring } from './keyring';
import { maxPlainPayloadSizeBytes } from './limits';
import { type ParsedManifest, parseManifest } from './manifest';
import { imageWarnings } from './payload-images';
import { profileFingerprint, type VerificationProfile } from './profile';
import type { BundleSource } from './source';
import { isSquashfs, readManifestFromSquashfs } from './squashfs';
import { readTrailer, type Trailer } from './trailer';
import { verifyVerity } from './verity';
import {
  manifestWarnings,
  noSquashfsWarning,
  notEncryptedWarning,
  opaqueWarning,
  plainWarning,
  signerWarnings,
} from './warnings';

/** One read of a payload; the event loop runs between reads. */
const readSizeBytes = 1 << 20;

type Signed = BundleCms & { readonly kind: 'signed' };

/**
 * Inspects a bundle and verifies everything that can be verified without a device: structure, signature, signer chain,
 * manifest, and the whole payload.
 * @param now the time at which certificates must be valid, unless the profile uses the signing time
 * @returns verdict `broken` for a bad bundle; rejects only when the source cannot be read
 * @throws DomainError `configuration` when the profile's keyring is unusable
 */
export async function inspectBundle(
  source: BundleSource,
  profile: VerificationProfile,
  now: Date,
): Promise<Inspection> {
  const facts: Draft = {
    ...nothingKnown,
    sizeBytes: source.sizeBytes,
    judgedUnder: profileFingerprint(profile),
  };
  try {
    const trailer = await readTrailer(source);
    Object.assign(facts, trailer);
    const cms = parseCms(await source.read(trailer.payloadSizeBytes, trailer.signatureSizeBytes));
    if (cms.kind === 'enveloped') return opaque(facts, cms.recipients);
    return await inspectSigned(source, trailer, cms, profile, now, facts);
  } catch (error) {
    if (!(error instanceof BrokenBundle)) throw error;
    return { ...facts, verdict: 'broken', reasons: [error.finding] };
  }
}

type Draft = { -readonly [K in keyof Inspection]: Inspection[K] };

const nothingKnown: Inspection = {
  verdict: 'broken',
  reasons: [],
  warnings: [],
  hints: [],
  format: null,
  encrypted: false,
  sizeBytes: 0,
  payloadSizeBytes: null,
  signatureSizeBytes: null,
  manifestHash: null,
  manifest: null,
  signerChain: [],
  judgedUnder: null,
  recipients: [],
};

function opaque(facts: Draft, recipients: Inspection['recipients']): Inspection {
  return {
    ...facts,
    verdict: 'unchecked',
    warnings: [opaqueWarning],
    format: 'crypt',
    encrypted: true,
    recipients,
  };
}

async function inspectSigned(
  source: BundleSource,
  trailer: Trailer,
  cms: Signed,
  profile: VerificationProfile,
  now: Date,
  facts: Draft,
): Promise<Inspection> {
  facts.format = cms.content === null ? 'plain' : null;
  const signature = await verifySignature(cms, contentOf(cms, source, trailer.payloadSizeBytes));
  const trust = decideTrust(signature, cms, profile, now);
  facts.signerChain = trust.chain.map(describeCertificate);

  const found =
    cms.content === null ? await readPlain(source, trailer.payloadSizeBytes) : readInline(cms.content);
  facts.warnings = [...found.warnings, ...signerWarnings(signature.signer, now)];
  facts.manifest = found.manifest;
  facts.manifestHash = found.hash;
  if (found.manifest !== null) {
    facts.format = found.manifest.format;
    facts.hints = manifestHints(found.manifest);
    await verifyPayload(source, trailer.payloadSizeBytes, found.manifest);
    const ofPayload =
      found.manifest.format === 'verity' && !(await isSquashfs(source))
        ? [noSquashfsWarning]
        : await imageWarnings(source, trailer.payloadSizeBytes, found.manifest);
    facts.warnings = [...facts.warnings, ...ofPayload];
  }
  return { ...facts, verdict: trust.verdict, reasons: trust.reasons };
}

function contentOf(cms: Signed, source: BundleSource, payloadSizeBytes: number) {
  const { content } = cms;
  if (content === null && payloadSizeBytes > maxPlainPayloadSizeBytes) {
    throw new BrokenBundle('plain-too-large', circumstance('plain-too-large'));
  }
  /** Each piece is overwritten by the next one. */
  return async (sink: (piece: Buffer) => void): Promise<void> => {
    if (content !== null) {
      sink(content);
      return;
    }
    const memory = Buffer.allocUnsafe(readSizeBytes);
    for (let at = 0; at < payloadSizeBytes; at += readSizeBytes) {
      sink(await source.read(at, Math.min(readSizeBytes, payloadSizeBytes - at), memory));
    }
  };
}

/** The verdict on the signer's chain. */
export interface Trust {
  readonly verdict: Verdict;
  readonly reasons: readonly Finding[];
  readonly chain: readonly ParsedCertificate[];
}

/** Judges the signer of a signature against the keyring. @throws DomainError `configuration` */
export function decideTrust(
  signature: VerifiedSignature,
  untrusted: Untrusted,
  profile: VerificationProfile,
  now: Date,
): Trust {
  if (profile.anchorsPem === null) return { verdict: 'unchecked', reasons: [], chain: [signature.signer] };
  const keyring = parseKeyring(profile.anchorsPem);
  const at = profile.timeSource === 'signing-time' ? signature.signingTime : now;
  if (at === null) {
    const reason = {
      code: 'signing-time',
      message: circumstance('signing-time-missing'),
    };
    return { verdict: 'untrusted', reasons: [reason], chain: [signature.signer] };
  }
  const { chain, problem } = validateChain(signature.signer, untrusted, keyring, profile, at);
  return problem === null
    ? { verdict: 'trusted', reasons: [], chain }
    : { verdict: 'untrusted', reasons: [problem], chain };
}

interface FoundManifest {
  readonly manifest: Manifest | null;
  readonly hash: string | null;
  readonly warnings: readonly Finding[];
}

function readInline(content: Buffer): FoundManifest {
  const parsed = parseManifest(content, 'signature');
  const notEncrypted = parsed.manifest.format === 'crypt' ? [notEncryptedWarning] : [];
  return describe(parsed, content, notEncrypted);
}

async function readPlain(source: BundleSource, payloadSizeBytes: number): Promise<FoundManifest> {
  const raw = await readManifestFromSquashfs(source, payloadSizeBytes);
  if (!Buffer.isBuffer(raw)) {
    return {
      manifest: null,
      hash: null,
      warnings: [
        plainWarning,
        {
          code: 'manifest-unavailable',
          message: circumstance('manifest-not-read', { why: raw.unavailable }),
        },
      ],
    };
  }
  return describe(parseManifest(raw, 'payload'), raw, []);
}

function describe(parsed: ParsedManifest, raw: Buffer, extra: readonly Finding[]): FoundManifest {
  return {
    manifest: parsed.manifest,
    hash: createHash('sha256').update(raw).digest('hex'),
    warnings: [...parsed.problems, ...extra, ...manifestWarnings(parsed.manifest)],
  };
}

async function verifyPayload(
  source: BundleSource,
  payloadSizeBytes: number,
  manifest: Manifest,
): Promise<void> {
  if (manifest.format === 'plain') return; // the signature covers the whole payload
  const { verityHash: hash, veritySalt: salt, veritySizeBytes: sizeBytes } = manifest;
  if (hash === null || salt === null || sizeBytes === null)
    throw refused(circumstance('manifest-without-hash-tree'));
  await verifyVerity(source, payloadSizeBytes, { hash, salt, sizeBytes });
}
