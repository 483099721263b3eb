import { circumstance } from '../../core/circumstances/catalogue';
import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { isOpaque } from '../../core/opaque';
import type { Inspection } from '../../core/inspection';
import type { TrustTerms } from '../../ports/bundle-inspection';
import type { Why } from '../../core/reasons/why';
import { whyOf } from './accept-bundle';

/** Whether bundles may reach devices by the current verdict. Cheap: it reads a stored verdict. */
export interface BundleTrust {
  /** Why a bundle must not be offered now; `null` when it may. */
  whyNot(bundle: Pick<Bundle, 'inspection'>): Why | null;
  /** Why it is judged untrusted; `null` when it is not, or has not been judged yet. */
  whyUntrusted(bundle: Pick<Bundle, 'inspection'>): Why | null;
  /** When the first certificate in its signer's chain expires, if devices check their clock; otherwise `null`. */
  endsAt(bundle: Pick<Bundle, 'inspection'>): Date | null;
  /** @throws DomainError `bundle-untrusted`, or `unavailable` until it has been judged */
  require(bundle: Pick<Bundle, 'name' | 'inspection'>): void;
}

export interface BundleTrustPorts {
  readonly trustTerms: () => TrustTerms;
  /** Whether bundles from signers outside the keyring are accepted, and so offered. */
  readonly allowUntrusted: boolean;
  /** Whether opaque files are accepted, and so offered to the devices to which they are assigned. */
  readonly allowOpaque: boolean;
}

export function createBundleTrust({
  trustTerms,
  allowUntrusted,
  allowOpaque,
}: BundleTrustPorts): BundleTrust {
  function isJudged({ judgedUnder }: Inspection): boolean {
    const { hasKeyring, fingerprint } = trustTerms();
    return !hasKeyring || judgedUnder === fingerprint;
  }

  function whyUntrusted({ inspection }: Pick<Bundle, 'inspection'>): Why | null {
    if (allowUntrusted || !trustTerms().hasKeyring || !isJudged(inspection)) return null;
    return inspection.verdict === 'untrusted' ? whyOf(inspection.reasons) : null;
  }

  return {
    whyUntrusted,
    whyNot(bundle) {
      if (isOpaque(bundle)) return allowOpaque ? null : circumstance('opaque-not-accepted');
      if (!allowUntrusted && !isJudged(bundle.inspection)) return circumstance('bundle-being-judged');
      const why = whyUntrusted(bundle);
      return why === null ? null : circumstance('bundle-untrusted', { why });
    },
    endsAt: ({ inspection: { signerChain } }) =>
      trustTerms().dependsOnClock && signerChain.length > 0
        ? new Date(Math.min(...signerChain.map(({ notAfter }) => notAfter.getTime())))
        : null,
    require(bundle) {
      if (isOpaque(bundle)) {
        if (allowOpaque) return;
        throw DomainError.of('opaque-not-accepted', { name: bundle.name });
      }
      if (!allowUntrusted && !isJudged(bundle.inspection)) {
        throw DomainError.of('bundle-being-judged', { name: bundle.name });
      }
      const why = whyUntrusted(bundle);
      if (why === null) return;
      throw DomainError.of(
        'bundle-not-trusted-any-more',
        { name: bundle.name, why },
        { details: { findings: bundle.inspection.reasons } },
      );
    },
  };
}
