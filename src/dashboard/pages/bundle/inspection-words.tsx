import type { BundleDetailsJson } from '../../../contract/bundle';
import { Hint } from '../../parts/notices';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { findingWords } from '../../why-words';

const tones = { trusted: 'info', unchecked: 'warn', untrusted: 'bad', broken: 'bad', opaque: 'bad' } as const;

/** The verdict in words: problems come first, possible improvements last. */
export function InspectionWords({ bundle }: { readonly bundle: BundleDetailsJson }) {
  const { verdict, reasons, warnings, hints } = bundle;
  return (
    <Section title={text.bundles.inspection}>
      {reasons.map((reason) => (
        <Hint key={reason.code} tone="bad">
          {findingWords(reason)}
        </Hint>
      ))}
      {warnings.map((warning) => (
        <Hint key={warning.message} tone="warn">
          {findingWords(warning)}
        </Hint>
      ))}
      {verdict === 'trusted' ? (
        <p>{text.bundles.verdicts.trusted}</p>
      ) : (
        <Hint tone={tones[verdict]}>{text.bundles.verdicts[verdict]}</Hint>
      )}
      {reasons.length === 0 && warnings.length === 0 && <p class="muted">{text.bundles.noWarnings}</p>}
      {hints.map((hint) => (
        <Hint key={hint.code} tone="info">
          {findingWords(hint)}
        </Hint>
      ))}
    </Section>
  );
}
