import { may } from '../../api/session';
import type { CertificatesJson, DeviceCertificateJson } from '../../../contract/certificate';
import { formatCount, formatDay, formatHash, formatUtc } from '../../format';
import { address, linkTo, setQuery } from '../../location';
import { StateBadge } from '../../parts/badge';
import { Command } from '../../parts/command';
import { EmptyState, Section } from '../../parts/page';
import { QueryField } from '../../parts/query-field';
import { SerialLink } from '../../parts/serial-link';
import { type Column, Pager, Table } from '../../parts/table';
import { Day } from '../../parts/time';
import { text } from '../../texts';
import { KitButton, RenewButton } from './certificate-buttons';
import type { OpenDialog } from './certificate-dialogs';
import { DaysLeft } from './days-left';
import { isRunningOut, stateOf } from './expiry';

const words = text.certificates;

interface DeviceCertificatesProps {
  readonly of: CertificatesJson;
  readonly isFiltered: boolean;
  readonly sort: { readonly by: string; readonly isDescending: boolean };
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** Device certificates, a page at a time. */
export function DeviceCertificates({ of, isFiltered, sort, onOpen }: DeviceCertificatesProps) {
  const { devices, total, next } = of;
  const isFirst = !address.value.query.has('after');
  if (total === 0 && !isFiltered) return <NoCertificates />;
  return (
    <Section
      title={words.devices}
      actions={
        <>
          <DueFilter />
          <QueryField
            name="search"
            label={words.search}
            type="search"
            placeholder={words.searchHint}
            clears={['after']}
            class="inline certificate-search"
          />
        </>
      }
    >
      {total === 0 ? (
        <NoMatch />
      ) : (
        <Table
          label={words.devices}
          columns={[...columns, ...(may('admin') ? [actionsColumn(onOpen, of.can_issue)] : [])]}
          rows={devices}
          keyOf={({ serial }) => serial}
          sort={sort}
          onSort={sortBy}
          isDense
        />
      )}
      {(next !== null || !isFirst) && (
        <Pager
          next={next}
          isFirst={isFirst}
          onNext={(after) => setQuery({ after })}
          onFirst={() => setQuery({ after: null })}
          summary={words.summary(formatCount(devices.length), formatCount(total))}
        />
      )}
    </Section>
  );
}

/** Starts at the first page; sorting by device is the default. */
function sortBy(by: string, isDescending: boolean): void {
  setQuery({ sort: by === 'device' ? null : by, order: isDescending ? 'desc' : null, after: null }, true);
}

const columns: readonly Column<DeviceCertificateJson>[] = [
  {
    id: 'device',
    label: words.columns.device,
    isLong: true,
    sort: 'device',
    cell: ({ device }) => <a href={linkTo('devices', device)}>{device}</a>,
  },
  {
    id: 'state',
    label: words.columns.state,
    isHead: true,
    isPlain: true,
    cell: (certificate) => (
      <StateBadge
        state={stateOf(certificate)}
        {...(certificate.revoked_at === null
          ? {}
          : {
              title: `${words.revokedAt(formatDay(new Date(certificate.revoked_at)))}\n${formatUtc(new Date(certificate.revoked_at))}`,
            })}
      />
    ),
  },
  {
    id: 'expires',
    label: words.columns.expires,
    sort: 'expires',
    cell: ({ not_after: at, days_left: days }) => (
      <>
        <Day at={at} /> <DaysLeft days={days} />
      </>
    ),
  },
  { id: 'issued', label: words.columns.issued, cell: ({ issued_at: at }) => <Day at={at} /> },
  {
    id: 'serial',
    label: words.columns.serial,
    isPlain: true,
    cell: ({ serial }) => <SerialLink serial={serial} isShort />,
  },
];

function actionsColumn(
  onOpen: DeviceCertificatesProps['onOpen'],
  canIssue: boolean,
): Column<DeviceCertificateJson> {
  return {
    id: 'actions',
    label: words.columns.actions,
    isAction: true,
    cell: (certificate) => {
      const { device, serial, revocable, has_file: hasFile, states_purpose: statesPurpose } = certificate;
      return (
        <div class="row-actions">
          {canIssue && hasFile && (isRunningOut(certificate) || (revocable && !statesPurpose)) && (
            <RenewButton device={device} onOpen={onOpen} />
          )}
          {revocable && hasFile && <KitButton device={device} onOpen={onOpen} />}
          {revocable && (
            <button
              type="button"
              class="small danger"
              aria-label={words.revokeOf(device, formatHash(serial))}
              onClick={() => onOpen({ kind: 'revoke', certificate })}
            >
              {words.revoke}
            </button>
          )}
        </div>
      );
    },
  };
}

/** Which certificates are shown; part of the address. */
function DueFilter() {
  const { all, ...dues } = words.dues;
  return (
    <label class="inline">
      {words.due}
      <select
        value={address.value.query.get('due') ?? ''}
        onChange={({ currentTarget: { value } }) =>
          setQuery({ due: value === '' ? null : value, after: null })
        }
      >
        <option value="">{all}</option>
        {Object.entries(dues).map(([due, label]) => (
          <option key={due} value={due}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function NoCertificates() {
  return (
    <EmptyState title={words.none}>
      <p class="muted">{words.noneHint}</p>
      <Command line={words.deviceCommand(words.exampleDevice)} />
    </EmptyState>
  );
}

function NoMatch() {
  return (
    <EmptyState title={words.noMatch}>
      <p class="muted">{words.noMatchHint}</p>
      <button type="button" onClick={() => setQuery({ search: null, due: null, after: null })}>
        {words.showAll}
      </button>
    </EmptyState>
  );
}
