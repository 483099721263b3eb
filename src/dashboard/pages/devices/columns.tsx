import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DeviceJson } from '../../../contract/device';
import type { ReleaseJson } from '../../../contract/release';
import { formatPercent } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { deviceState, isRefused, runsCurrent } from '../../../contract/device-state';
import { Progress } from '../../parts/progress';
import type { Column } from '../../parts/table';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { DecisionBadges } from './decision-badges';
import { messageWords } from '../../why-words';

const nothing = <span class="muted nothing">{text.common.none}</span>;
const { columns: labels } = text.devices;

/** The current releases, which show whether a row's device is up to date. */
export const CurrentReleases = createContext<readonly ReleaseJson[]>([]);

/** All columns of the device list. */
export const deviceColumns: readonly Column<DeviceJson>[] = [
  {
    id: 'id',
    label: labels.id,
    isLong: true,
    sort: 'id',
    cell: ({ id }) => (
      <a class="device-id" href={linkTo('devices', id)}>
        {id}
      </a>
    ),
  },
  {
    id: 'state',
    label: labels.state,
    isHead: true,
    isPlain: true,
    sort: 'state',
    cell: (device) => <StateCell device={device} />,
  },
  {
    id: 'version',
    label: labels.version,
    isPlain: true,
    isLong: true,
    sort: 'version',
    cell: (device) => device.system_version ?? nothing,
  },
  {
    id: 'compatible',
    label: labels.compatible,
    isPlain: true,
    isLong: true,
    cell: (device) => device.compatible ?? nothing,
  },
  { id: 'channel', label: labels.channel, isLong: true, isPlain: true, cell: ({ channel }) => channel },
  {
    id: 'lastContact',
    label: labels.lastContact,
    isPlain: true,
    sort: 'last_contact',
    cell: (device) => <Ago at={device.last_contact_at} />,
  },
  {
    id: 'decisions',
    label: labels.decisions,
    isPlain: true,
    cell: (device) => <DecisionsCell device={device} />,
  },
  {
    id: 'labels',
    label: labels.labels,
    isLong: true,
    isPlain: true,
    cell: (device) => <LabelsCell device={device} />,
  },
  { id: 'address', label: labels.address, isLong: true, cell: ({ address }) => address ?? nothing },
  { id: 'serial', label: labels.serial, isLong: true, cell: ({ serial }) => serial ?? nothing },
];

function StateCell({ device }: { readonly device: DeviceJson }) {
  const state = deviceState(device, runsCurrent(device, useContext(CurrentReleases)));
  const { installation } = device;
  if (state === null) return nothing;
  if (installation === null) return <StateBadge state={state} />;
  const { progress } = installation;
  const badge = <StateBadge state={state} title={messageWords(installation) ?? installation.bundle} />;
  if (state !== 'downloading') return badge;
  return (
    <span class="state-progress">
      {badge}
      <Progress label={text.devices.progress} value={progress === null ? null : progress / 100} />
      <span class="small muted">{progress === null ? '' : formatPercent(progress, 100)}</span>
    </span>
  );
}

function DecisionsCell({ device }: { readonly device: DeviceJson }) {
  if (device.hold === null && device.pin === null && device.admission === 'admitted' && !isRefused(device))
    return nothing;
  return (
    <span class="tags">
      <DecisionBadges device={device} />
    </span>
  );
}

const shownLabels = 3;

function LabelsCell({ device: { labels: all } }: { readonly device: DeviceJson }) {
  if (all.length === 0) return nothing;
  const rest = all.slice(shownLabels);
  return (
    <span class="tags">
      {all.slice(0, shownLabels).map((label) => (
        <span key={label} class="tag">
          {label}
        </span>
      ))}
      {rest.length > 0 && (
        <span class="muted small" title={rest.join(', ')}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}

const storageKey = 'device-columns';
const hiddenAtFirst: readonly string[] = ['address', 'serial'];
/** The id always stays: it links to the device. */
export const fixedColumn = 'id';

export const hiddenColumns = signal<ReadonlySet<string>>(new Set(storedColumns()));

function storedColumns(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    return Array.isArray(stored) ? stored.map(String) : hiddenAtFirst;
  } catch {
    return hiddenAtFirst; // a browser without storage, or with foreign content there
  }
}

export function toggleColumn(id: string): void {
  const hidden = new Set(hiddenColumns.value);
  if (!hidden.delete(id)) hidden.add(id);
  hiddenColumns.value = hidden;
  try {
    localStorage.setItem(storageKey, JSON.stringify([...hidden]));
  } catch {
    // then it applies to this visit only
  }
}
