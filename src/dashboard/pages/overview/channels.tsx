import type { ChannelJson } from '../../../contract/overview';
import { formatCount, formatPercent } from '../../format';
import { linkTo } from '../../location';
import { EmptyState, Section } from '../../parts/page';
import { RolloutMark } from '../../parts/rollout-mark';
import { type Share, ShareBar } from '../../parts/share-bar';
import { text } from '../../texts';
import { versionLooks } from './version-looks';

/** For each compatible and channel: what is current, how far its rollout has got, and what the devices run. */
export function Channels({ channels }: { readonly channels: readonly ChannelJson[] }) {
  return (
    <Section title={text.overview.channels}>
      {channels.length === 0 && <EmptyState title={text.overview.noChannels} />}
      <ul class="rows">
        {channels.map((channel) => (
          <ChannelRow key={`${channel.compatible}\n${channel.channel}`} of={channel} />
        ))}
      </ul>
    </Section>
  );
}

function ChannelRow({ of }: { readonly of: ChannelJson }) {
  const { compatible, channel, release, devices, on_current: onCurrent } = of;
  return (
    <li class="channel">
      <div class="channel-head">
        <h3>
          {compatible} <span class="tag">{channel}</span>
        </h3>
        {release === null ? (
          <span class="muted">{text.overview.nothingCurrent}</span>
        ) : (
          <span>
            <a href={linkTo('rollouts', release.id)}>{release.version ?? release.bundle}</a>{' '}
            <RolloutMark rollout={release.rollout} />
          </span>
        )}
      </div>
      {devices === 0 ? (
        <p class="muted small">{text.overview.noDevices}</p>
      ) : (
        <>
          <ShareBar label={text.overview.runs(compatible, channel)} shares={sharesOf(of)} total={devices} />
          {release !== null && (
            <p class="muted small">
              {text.overview.onCurrent(
                formatCount(onCurrent),
                formatCount(devices),
                formatPercent(onCurrent, devices),
              )}
            </p>
          )}
        </>
      )}
    </li>
  );
}

const maxShares = 6;

/** The current version always gets the first colour. */
function sharesOf({ compatible, channel, release, versions }: ChannelJson): readonly Share[] {
  const current = release?.version ?? null;
  const named = versions.filter(({ version }) => version !== null);
  const ordered = [
    ...named.filter(({ version }) => version === current),
    ...named.filter(({ version }) => version !== current),
  ];
  const looks = versionLooks(
    current,
    versions.map(({ version }) => version),
  );
  const isCurrentRun = named.some(({ version }) => version === current);
  const shares = ordered
    .slice(0, isCurrentRun ? maxShares : maxShares - 1)
    .map(({ version, devices }): Share => {
      const query = new URLSearchParams({ compatible, channel, version: version ?? '' });
      return {
        key: version ?? '',
        label: version ?? '',
        count: devices,
        look: looks.get(version ?? '') ?? 'series-rest',
        href: `/devices?${query.toString()}`,
      };
    });
  const shown = shares.reduce((sum, { count }) => sum + count, 0);
  const rest = versions.reduce((sum, { devices }) => sum + devices, 0) - shown;
  return rest === 0
    ? shares
    : [...shares, { key: '', label: text.overview.otherVersions, count: rest, look: 'series-rest' }];
}
