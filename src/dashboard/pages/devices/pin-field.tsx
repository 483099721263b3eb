import type { BundleListJson } from '../../../contract/bundle';
import { Loaded } from '../../parts/loaded';
import { Hint } from '../../parts/notices';
import { text } from '../../texts';
import { useData } from '../../use-data';

interface PinFieldProps {
  /** How many devices get the bundle. */
  readonly count: number;
  /** The devices' compatibles; a bundle for another one would be refused, so it is not shown. Empty when unknown. */
  readonly compatibles: ReadonlySet<string>;
}

/** The bundle that the devices get regardless of their channel. */
export function PinField({ count, compatibles }: PinFieldProps) {
  const bundles = useData<BundleListJson>('/api/bundles', {
    isStale: ({ kind }) => kind.startsWith('bundle.'),
  });
  return (
    <Loaded data={bundles}>
      {({ bundles: all }) => {
        const fitting = all.filter(
          ({ compatible }) => compatibles.size === 0 || (compatible !== null && compatibles.has(compatible)),
        );
        if (fitting.length === 0) return <Hint tone="warn">{text.devices.pinDialog.noBundle(count)}</Hint>;
        return (
          <label>
            {text.devices.pinDialog.bundle}
            <select name="value" required>
              {fitting.map(({ name, version }) => (
                <option key={name} value={name}>
                  {version === null ? name : text.devices.pinDialog.option(name, version)}
                </option>
              ))}
            </select>
            <span class="field-hint">{text.devices.pinDialog.hint(count)}</span>
          </label>
        );
      }}
    </Loaded>
  );
}
