import { useSignal } from '@preact/signals';
import { apiPath } from '../../api/client';
import { may } from '../../api/session';
import type { CertificatesJson } from '../../../contract/certificate';
import { address } from '../../location';
import { Loaded } from '../../parts/loaded';
import { Page } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { Authority } from './authority';
import { CertificateDialogs, type OpenDialog } from './certificate-dialogs';
import { DeviceCertificates } from './device-certificates';
import { RefusedCertificates } from './refused-certificates';
import { Revocations } from './revocations';

const pageSize = 50;
/** The command line issues into the same folder without writing to the journal. */
const refreshMs = 60_000;

/** Which devices may talk to this server, and until when. */
export function CertificatesPage() {
  const dialog = useSignal<OpenDialog | null>(null);
  const open = (wanted: OpenDialog) => (dialog.value = wanted);
  const { query } = address.value;
  const search = query.get('search');
  const due = query.get('due');
  const sort = { by: query.get('sort') ?? 'device', isDescending: query.get('order') === 'desc' };
  const data = useData<CertificatesJson>(
    apiPath('/api/certificates', {
      search,
      due,
      sort: sort.by,
      order: sort.isDescending ? 'desc' : 'asc',
      after: query.get('after'),
      limit: pageSize,
    }),
    { isStale: ({ kind }) => kind.startsWith('certificate.'), everyMs: refreshMs },
  );
  return (
    <Page
      title={text.frame.pages.certificates}
      actions={may('admin') && <Actions onOpen={open} canIssue={data.value?.can_issue === true} />}
    >
      <Loaded data={data}>
        {(value) => (
          <>
            <Authority of={value} />
            <DeviceCertificates
              of={value}
              isFiltered={search !== null || due !== null}
              sort={sort}
              onOpen={open}
            />
            <Revocations />
            <RefusedCertificates
              onRenew={value.can_issue && may('admin') ? (device) => open({ kind: 'issue', device }) : null}
            />
          </>
        )}
      </Loaded>
      <CertificateDialogs dialog={dialog} onChange={data.reload} />
    </Page>
  );
}

interface ActionsProps {
  readonly onOpen: (dialog: OpenDialog) => void;
  readonly canIssue: boolean;
}

function Actions({ onOpen, canIssue }: ActionsProps) {
  return (
    <>
      <button type="button" onClick={() => onOpen({ kind: 'revoke-other' })}>
        {text.certificates.revokeOther}
      </button>
      {canIssue && (
        <>
          <button type="button" onClick={() => onOpen({ kind: 'sign' })}>
            {text.certificates.sign}
          </button>
          <button type="button" class="primary" onClick={() => onOpen({ kind: 'issue' })}>
            {text.certificates.issue}
          </button>
        </>
      )}
    </>
  );
}
