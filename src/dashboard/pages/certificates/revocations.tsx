import { apiPath } from '../../api/client';
import type { RevocationJson, RevocationsJson } from '../../../contract/revocation';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { Command } from '../../parts/command';
import { Section } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { SerialLink } from '../../parts/serial-link';
import { Day } from '../../parts/time';
import { text } from '../../texts';
import { useData } from '../../use-data';

const words = text.certificates;
const shownRevocations = 20;
/** The command line revokes in the same folder without writing to the journal. */
const refreshMs = 60_000;

/** All revoked certificates, from any issuer, including serials that were never seen. */
export function Revocations() {
  const { value } = useData<RevocationsJson>(apiPath('/api/revocations', { limit: shownRevocations }), {
    isStale: ({ kind }) => kind === 'certificate.revoked',
    everyMs: refreshMs,
  });
  if (value === null || value.total === 0) return null;
  const { revocations, total } = value;
  return (
    <Section title={words.revocations}>
      <Table label={words.revocations} columns={columns} rows={revocations} keyOf={({ serial }) => serial} />
      {total > revocations.length && (
        <div class="stack">
          <p class="muted">{words.summary(formatCount(revocations.length), formatCount(total))}</p>
          <Command line={words.revokedCommand} />
        </div>
      )}
    </Section>
  );
}

const columns: readonly Column<RevocationJson>[] = [
  {
    id: 'device',
    label: words.columns.device,
    isLong: true,
    cell: ({ device }) =>
      device === null ? (
        <span class="muted">{words.neverSeen}</span>
      ) : (
        <a href={linkTo('devices', device)}>{device}</a>
      ),
  },
  {
    id: 'serial',
    label: words.columns.serial,
    isLong: true,
    cell: ({ serial }) => <SerialLink serial={serial} />,
  },
  { id: 'revoked', label: words.columns.revoked, cell: ({ revoked_at: at }) => <Day at={at} /> },
  { id: 'reason', label: words.reason, isLong: true, cell: ({ reason }) => reason },
];
