import type { DeviceJson } from '../../api/types';
import { Section } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Ago, Day } from '../../parts/time';
import { text } from '../../texts';

type Seen = DeviceJson['certificates'][number];

const columns: readonly Column<Seen>[] = [
  {
    id: 'serial',
    label: text.devices.one.certificateSerial,
    cell: ({ serial }) => (
      <span class="mono" title={serial}>
        {serial}
      </span>
    ),
  },
  { id: 'first', label: text.devices.one.firstSeen, cell: (seen) => <Day at={seen.first_seen_at} /> },
  { id: 'last', label: text.devices.one.lastSeen, cell: (seen) => <Ago at={seen.last_seen_at} /> },
];

export function SeenCertificates({ certificates }: { readonly certificates: readonly Seen[] }) {
  if (certificates.length === 0) return null;
  const { one } = text.devices;
  return (
    <Section title={one.certificates}>
      <Table label={one.certificates} columns={columns} rows={certificates} keyOf={({ serial }) => serial} />
    </Section>
  );
}
