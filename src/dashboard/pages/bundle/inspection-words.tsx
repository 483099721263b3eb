import type { BundleDetailsJson } from '../../../contract/bundle';
import { Hint } from '../../parts/notices';
import { Section } from '../../parts/page';
import { text } from '../../texts';

const tones = { trusted: 'info', unchecked: 'warn', untrusted: 'bad', broken: 'bad', opaque: 'bad' } as const;

/** The verdict in words: problems come first, what could be better last. */
export function InspectionWords({ bundle }: { readonly bundle: BundleDetailsJson }) {
  const { verdict, reasons, warnings, hints } = bundle;
  return (
    <Section title={text.bundles.inspection}>
      {reasons.map(({ code, message }) => (
        <Hint key={code} tone="bad">
          {message}
        </Hint>
      ))}
      {warnings.map(({ code, message }) => (
        <Hint key={code} tone="warn">
          {message}
        </Hint>
      ))}
      {verdict === 'trusted' ? (
        <p>{text.bundles.verdicts.trusted}</p>
      ) : (
        <Hint tone={tones[verdict]}>{text.bundles.verdicts[verdict]}</Hint>
      )}
      {reasons.length === 0 && warnings.length === 0 && <p class="muted">{text.bundles.noWarnings}</p>}
      {hints.map(({ code, message }) => (
        <Hint key={code} tone="info">
          {message}
        </Hint>
      ))}
    </Section>
  );
}
