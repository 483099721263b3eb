import type { BundleInUseJson } from '../../../contract/bundle';
import { formatCount } from '../../format';
import { Section } from '../../parts/page';
import { text } from '../../texts';

/** The devices that concern a bundle, with links to them. */
export function BundleDevices({ bundle }: { readonly bundle: BundleInUseJson }) {
  const { devices, compatible, version } = bundle;
  const running = new URLSearchParams({ compatible: compatible ?? '', version: version ?? '' });
  const lines = [
    { count: devices.running, label: text.bundles.running, href: `/devices?${running.toString()}` },
    { count: devices.installing, label: text.bundles.installing },
    { count: devices.pinned, label: text.bundles.pinned, href: '/devices?pinned=true' },
    { count: devices.failed, label: text.bundles.failedOn },
  ];
  return (
    <Section title={text.bundles.devices}>
      <ul class="totals tight">
        {lines.map(({ count, label, href }) => (
          <li key={label}>
            {href === undefined || count === 0 ? (
              <span class="muted">
                <strong>{formatCount(count)}</strong> {label}
              </span>
            ) : (
              <a href={href}>
                <strong>{formatCount(count)}</strong> {label}
              </a>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
