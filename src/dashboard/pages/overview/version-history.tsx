import { useState } from 'preact/hooks';
import { apiPath } from '../../api/client';
import type { FleetHistoryJson } from '../../../contract/fleet';
import type { ChannelJson } from '../../../contract/overview';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { HistoryChart } from './history-chart';
import { versionLooks } from './version-looks';

const ranges = Object.entries(text.overview.ranges);
/** Snapshots are minutes apart. */
const refreshMs = 60_000;

/** What the fleet, or one channel of it, ran over time. */
export function VersionHistory({ channels }: { readonly channels: readonly ChannelJson[] }) {
  const [hours, setHours] = useState('168');
  const [scope, setScope] = useState(0);
  const { compatible, channel, release, versions = [] } = channels[scope] ?? {};
  const running = versions.map(({ version }) => version);
  const history = useData<FleetHistoryJson>(apiPath('/api/fleet/history', { hours, compatible, channel }), {
    isStale: () => false,
    everyMs: refreshMs,
  });
  const choices = (
    <>
      <label class="inline small">
        {text.overview.historyOf}
        <select value={scope} onChange={(event) => setScope(Number(event.currentTarget.value))}>
          {channels.map((of, index) => (
            <option key={`${of.compatible}\n${of.channel}`} value={index}>
              {of.compatible}, {of.channel}
            </option>
          ))}
        </select>
      </label>
      <label class="inline small">
        {text.overview.range}
        <select value={hours} onChange={(event) => setHours(event.currentTarget.value)}>
          {ranges.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </>
  );
  return (
    <Section title={text.overview.history} actions={choices}>
      <Loaded data={history}>
        {(value) => (
          <HistoryChart
            history={value}
            looks={versionLooks(release?.version ?? null, [...running, ...value.versions])}
          />
        )}
      </Loaded>
    </Section>
  );
}
