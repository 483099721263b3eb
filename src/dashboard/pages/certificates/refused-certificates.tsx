import { apiPath } from '../../api/client';
import type { RefusedCertificateJson, RefusedCertificatesJson } from '../../../contract/refused-certificate';
import { remedyOfRefusal } from '../../../core/connection-refusal';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { Command } from '../../parts/command';
import { Section } from '../../parts/page';
import { SerialLink } from '../../parts/serial-link';
import { type Column, Table } from '../../parts/table';
import { Unbroken } from '../../parts/unbroken';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { whyWords } from '../../why-words';

const words = text.certificates;
const shownCertificates = 20;
/** The journal reports a certificate once an hour. */
const refreshMs = 60_000;

/** Problems that a new certificate solves. */
const renewable: readonly string[] = ['expired', 'revoked', 'old-certificate'];

interface RefusedCertificatesProps {
  /** Issues the device's next certificate; `null` if that is impossible here. */
  readonly onRenew: ((device: string) => void) | null;
}

/** Devices refused since the server started, and what to do. */
export function RefusedCertificates({ onRenew }: RefusedCertificatesProps) {
  const { value } = useData<RefusedCertificatesJson>(
    apiPath('/api/refused-certificates', { limit: shownCertificates }),
    { isStale: ({ kind }) => kind === 'certificate.refused', everyMs: refreshMs },
  );
  if (value === null || value.total === 0) return null;
  const { certificates, total } = value;
  return (
    <Section title={words.refused}>
      <p class="muted">{words.refusedHint}</p>
      <Table
        label={words.refused}
        columns={columnsWith(onRenew)}
        rows={certificates}
        keyOf={({ fingerprint }) => fingerprint}
      />
      {total > certificates.length && (
        <div class="stack">
          <p class="muted">{words.summary(formatCount(certificates.length), formatCount(total))}</p>
          <Command line={words.refusedCommand} />
        </div>
      )}
    </Section>
  );
}

const columnsWith = (
  onRenew: RefusedCertificatesProps['onRenew'],
): readonly Column<RefusedCertificateJson>[] => [
  {
    id: 'subject',
    label: words.subject,
    isLong: true,
    cell: ({ device, subject }) =>
      device === null ? (
        <span>{subject === '' ? words.unreadable : subject}</span>
      ) : (
        <a href={linkTo('devices', device)}>{subject}</a>
      ),
  },
  {
    id: 'reason',
    label: words.refusedWhy,
    isLong: true,
    cell: ({ cause, device, ...why }) => (
      <div class="stack">
        <span>{whyWords(why)}</span>
        <span class="muted">
          <Unbroken words={remedyOfRefusal(cause)} />
        </span>
        {onRenew !== null && device !== null && renewable.includes(cause) && (
          <span>
            <button
              type="button"
              class="small"
              aria-label={words.renewOf(device)}
              onClick={() => onRenew(device)}
            >
              {words.renew}
            </button>
          </span>
        )}
      </div>
    ),
  },
  { id: 'issuer', label: words.issuer, isLong: true, cell: ({ issuer }) => issuer },
  {
    id: 'serial',
    label: words.columns.serial,
    isLong: true,

    cell: ({ serial, ours }) => (ours ? <SerialLink serial={serial} /> : <span class="mono">{serial}</span>),
  },
  { id: 'address', label: words.address, isLong: true, cell: ({ address }) => address },
  { id: 'count', label: words.times, isNumber: true, cell: ({ count }) => formatCount(count) },
  { id: 'last', label: words.lastRefused, cell: ({ last_at: at }) => <Ago at={at} /> },
];
