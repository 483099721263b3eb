import type { OverviewJson } from '../../../contract/overview';
import { formatCount } from '../../format';
import { Loaded } from '../../parts/loaded';
import { Page } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { Attention } from './attention';
import { Channels } from './channels';
import { FirstSteps } from './first-steps';
import { LatestEvents } from './latest-events';
import { VersionHistory } from './version-history';

export function OverviewPage() {
  const overview = useData<OverviewJson>('/api/overview', { everyMs: 10_000 });
  return (
    <Page title={text.frame.pages.overview}>
      <Loaded data={overview}>
        {({ channels, attention, devices, first_steps: steps }) => (
          <>
            <FirstSteps steps={steps} isFleet={devices.total > 1 && steps.has_device} />
            {devices.total > 0 && <Totals devices={devices} />}
            {isNew(steps, channels) ? null : (
              <div class="columns main-first">
                <div>
                  <Channels channels={channels} />
                  {devices.total > 0 && <VersionHistory channels={channels} />}
                </div>
                <div>
                  {devices.total > 0 && <Attention items={attention} />}
                  <LatestEvents />
                </div>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Whether nothing is known yet beyond what the first steps show. */
function isNew(steps: OverviewJson['first_steps'], channels: OverviewJson['channels']): boolean {
  const { has_bundle: hasBundle, has_device_certificate: hasCertificate, has_report: hasReport } = steps;
  return channels.length === 0 && !hasBundle && !hasCertificate && !hasReport;
}

function Totals({ devices }: { readonly devices: OverviewJson['devices'] }) {
  const { total, seen_last_day: seen, waiting, held } = devices;
  return (
    <ul class="totals">
      <Total count={total} label={text.overview.devices} href="/devices" />
      <Total count={seen} label={text.overview.seenLastDay} href="/devices?sort=last_contact&order=desc" />
      <Total
        count={waiting}
        label={text.overview.waiting}
        href="/devices?waiting=true"
        isLoud={waiting > 0}
      />
      <Total count={held} label={text.overview.held} href="/devices?held=true" />
    </ul>
  );
}

interface TotalProps {
  readonly count: number;
  readonly label: string;
  readonly href: string;
  readonly isLoud?: boolean;
}

function Total({ count, label, href, isLoud = false }: TotalProps) {
  return (
    <li>
      <a href={href} class={isLoud ? 'loud' : ''}>
        <strong>{formatCount(count)}</strong> {label}
      </a>
    </li>
  );
}
