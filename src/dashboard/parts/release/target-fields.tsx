import { useId } from 'preact/hooks';
import type { BundleJson } from '../../../contract/bundle';
import type { ReleaseWithRolloutJson } from '../../../contract/release';
import type { FleetJson } from '../../../contract/fleet';
import { stateLabel } from '../../format';
import { text } from '../../texts';
import { Suggestions } from '../suggestions';
import type { DraftProps } from './draft';

const { form: words } = text.rollouts;

interface BundleFieldProps extends DraftProps {
  readonly bundles: readonly BundleJson[];
}

const verdicts = ['trusted', 'unchecked', 'untrusted'];

/** The bundles that may be released: trusted ones first, then the newest. */
export function BundleField({ draft, change, bundles }: BundleFieldProps) {
  if (bundles.length === 0) return <p class="muted">{words.noBundles}</p>;
  return (
    <label>
      {words.bundle}
      <select
        name="bundle"
        required
        value={draft.bundle}
        onChange={(event) => change({ bundle: event.currentTarget.value })}
      >
        <option value="">{words.choose}</option>
        {verdicts.map((verdict) => {
          const group = bundles.filter((bundle) => bundle.verdict === verdict);
          return (
            group.length > 0 && (
              <optgroup key={verdict} label={stateLabel(verdict)}>
                {group.map(({ name, compatible, version }) => (
                  <option key={name} value={name}>
                    {[name, compatible, version].filter((part) => part !== null).join(' · ')}
                  </option>
                ))}
              </optgroup>
            )
          );
        })}
      </select>
    </label>
  );
}

interface ChannelFieldProps extends DraftProps {
  readonly compatible: string;
  readonly fleet: FleetJson | null;
  readonly releases: readonly ReleaseWithRolloutJson[];
}

export function ChannelField({ draft, change, compatible, fleet, releases }: ChannelFieldProps) {
  const listId = useId();
  const known = [...(fleet?.counts ?? []), ...releases]
    .filter((one) => one.compatible === compatible)
    .map(({ channel }) => channel);
  const channels = new Set(['stable', ...known]);
  return (
    <label>
      {words.channel}
      <input
        name="channel"
        required
        maxLength={64}
        list={listId}
        autoComplete="off"
        value={draft.channel}
        onInput={(event) => change({ channel: event.currentTarget.value })}
      />
      <Suggestions id={listId} values={channels} />
    </label>
  );
}

export function CompatibleField({ draft, change, fleet }: DraftProps & { readonly fleet: FleetJson | null }) {
  const listId = useId();
  const known = new Set((fleet?.counts ?? []).flatMap(({ compatible }) => compatible ?? []));
  return (
    <label>
      {words.compatible}
      <input
        name="compatible"
        required
        list={listId}
        autoComplete="off"
        value={draft.compatible}
        onInput={(event) => change({ compatible: event.currentTarget.value })}
      />
      <Suggestions id={listId} values={known} />
      <span class="field-hint">{words.compatibleHint}</span>
    </label>
  );
}
