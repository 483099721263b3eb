import type { SignerJson } from '../../../contract/bundle';
import { Fingerprint } from '../../parts/fingerprint';
import { Section } from '../../parts/page';
import { Day } from '../../parts/time';
import { text } from '../../texts';

/** Who signed the bundle, and who vouches for the signer, leaf first. */
export function SignerChain({ chain }: { readonly chain: readonly SignerJson[] }) {
  return (
    <Section title={text.bundles.signer}>
      {chain.length === 0 && <p class="muted">{text.bundles.signerNone}</p>}
      <ol class="rows">
        {chain.map(
          ({ subject, issuer, serial, not_after: end, key_algorithm: key, spki_fingerprint: print }) => (
            <li key={serial}>
              <p class="break">
                <strong>{subject}</strong>
              </p>
              <p class="muted small break">
                {text.bundles.issuedBy} {issuer}
                <br />
                {text.bundles.validUntil} <Day at={end} /> · {key}
                <br />
                {text.bundles.fingerprint} <Fingerprint value={print} />
              </p>
            </li>
          ),
        )}
      </ol>
    </Section>
  );
}
