import type { Finding, Judgement } from '../core/inspection';
import { BrokenBundle } from './broken';
import { describeCertificate } from './certificate';
import { parseCms } from './cms';
import { readSigner, verifySignature } from './cms-signature';
import { decideTrust } from './inspect';
import { profileFingerprint, type VerificationProfile } from './profile';
import type { BundleSource } from './source';
import { readTrailer } from './trailer';
import { signerWarnings } from './warnings';

/** A judgement, with today's warnings. */
export interface SignatureJudgement extends Judgement {
  readonly signerWarnings: readonly Finding[];
}

/**
 * Judges a stored bundle again, from its trailer and CMS alone: the payload was verified when it was stored, and its bytes
 * never change. A bundle that today's rules would refuse to store counts as untrusted.
 * @param now the time at which certificates must be valid, unless the profile uses the signing time
 * @throws DomainError `configuration` when the profile's keyring is unusable; rejects when the source cannot be read
 */
export async function judgeSignature(
  source: BundleSource,
  profile: VerificationProfile,
  now: Date,
): Promise<SignatureJudgement> {
  const judgedUnder = profileFingerprint(profile);
  try {
    const trailer = await readTrailer(source);
    const cms = parseCms(await source.read(trailer.payloadSizeBytes, trailer.signatureSizeBytes));
    if (cms.kind === 'enveloped')
      return { verdict: 'unchecked', reasons: [], signerChain: [], judgedUnder, signerWarnings: [] };
    const { content } = cms;
    const signature =
      content === null
        ? readSigner(cms)
        : await verifySignature(cms, (sink) => {
            sink(content);
            return Promise.resolve();
          });
    const { verdict, reasons, chain } = decideTrust(signature, cms, profile, now);
    return {
      verdict,
      reasons,
      signerChain: chain.map(describeCertificate),
      judgedUnder,
      signerWarnings: signerWarnings(signature.signer, now),
    };
  } catch (error) {
    if (!(error instanceof BrokenBundle)) throw error;
    const reasons = [error.finding];
    return { verdict: 'untrusted', reasons, signerChain: [], judgedUnder, signerWarnings: [] };
  }
}
