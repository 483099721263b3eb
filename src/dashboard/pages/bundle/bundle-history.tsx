import type { BundleInUseJson } from '../../../contract/bundle';
import { linkTo } from '../../location';
import { Section } from '../../parts/page';
import { Ago } from '../../parts/time';
import { text } from '../../texts';

/** Where the bundle is current, and where and when it was. */
export function BundleHistory({ bundle }: { readonly bundle: BundleInUseJson }) {
  const { current, history } = bundle;
  return (
    <Section title={text.bundles.history}>
      {current.length === 0 ? (
        <p class="muted">{text.bundles.notCurrent}</p>
      ) : (
        <p>
          {text.bundles.currentOn}{' '}
          {current.map(({ compatible, channel, release_id: id }) => (
            <a key={id} href={linkTo('rollouts', id)}>
              {text.bundles.activated(compatible, channel)}
            </a>
          ))}
        </p>
      )}
      <ul class="rows">
        {history.map(({ compatible, channel, activated_at: at, by }) => (
          <li key={`${at}\n${compatible}\n${channel}`}>
            {text.bundles.activated(compatible, channel)}{' '}
            <span class="muted small">
              <Ago at={at} /> {text.bundles.by} {by}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
