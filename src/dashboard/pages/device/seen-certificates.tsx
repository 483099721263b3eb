import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { DeviceJson } from '../../../contract/device';
import { formatHash } from '../../format';
import { StateBadge } from '../../parts/badge';
import { Section } from '../../parts/page';
import { RevokeDialog } from '../../parts/revoke-dialog';
import { SerialLink } from '../../parts/serial-link';
import { type Column, Table } from '../../parts/table';
import { Ago, Day } from '../../parts/time';
import { text } from '../../texts';

type Seen = DeviceJson['certificates'][number];

const columns: readonly Column<Seen>[] = [
  {
    id: 'serial',
    label: text.devices.one.certificateSerial,
    isLong: true,
    cell: ({ serial, revoked_at: revokedAt }) => (
      <>
        <SerialLink serial={serial} /> {revokedAt !== null && <StateBadge state="revoked" />}
      </>
    ),
  },
  { id: 'first', label: text.devices.one.firstSeen, cell: (seen) => <Day at={seen.first_seen_at} /> },
  { id: 'last', label: text.devices.one.lastSeen, cell: (seen) => <Ago at={seen.last_seen_at} /> },
];

interface SeenCertificatesProps {
  readonly device: DeviceJson;
  /** Called when a certificate was revoked. */
  readonly onChange: () => void;
}

/** The certificates that a device used, from any issuer. */
export function SeenCertificates({ device: { id, certificates }, onChange }: SeenCertificatesProps) {
  const [chosen, choose] = useState<string | null>(null);
  if (certificates.length === 0) return null;
  const { one } = text.devices;
  return (
    <Section title={one.certificates}>
      <Table
        label={one.certificates}
        columns={[...columns, ...(may('admin') ? [revokeColumn(id, choose)] : [])]}
        rows={certificates}
        keyOf={({ serial }) => serial}
      />
      {chosen !== null && (
        <RevokeDialog
          certificate={{ device: id, serial: chosen }}
          onDone={onChange}
          onClose={() => choose(null)}
        />
      )}
    </Section>
  );
}

function revokeColumn(device: string, onRevoke: (serial: string) => void): Column<Seen> {
  const words = text.certificates;
  return {
    id: 'actions',
    label: words.columns.actions,
    isAction: true,
    cell: ({ serial, revoked_at: revokedAt }) =>
      revokedAt === null && (
        <button
          type="button"
          class="small danger"
          aria-label={words.revokeOf(device, formatHash(serial))}
          onClick={() => onRevoke(serial)}
        >
          {words.revoke}
        </button>
      ),
  };
}
