import { useState } from 'preact/hooks';
import type { AttentionJson } from '../../../contract/attention';
import type { CertificatesJson, DeviceCertificateJson } from '../../../contract/certificate';
import { apiPath } from '../../api/client';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { ShowingDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/loaded';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { KitButton, RenewButton } from '../certificates/certificate-buttons';
import { CannotIssue } from '../certificates/cannot-issue';
import type { OpenDialog } from '../certificates/certificate-dialogs';
import { Expiry } from '../certificates/expiry';

const words = text.certificates;
const { act } = text.overview;
const maxListed = 100;

const dues = { 'certificate-expiring': 'expiring', 'old-certificate': 'old' } as const;

interface RenewActionProps {
  readonly item: AttentionJson & { readonly kind: keyof typeof dues };
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** Lists the devices whose certificates are due for renewal; each is renewed as on the certificates page. */
export function RenewAction({ item, onOpen }: RenewActionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="small"
        aria-label={act.renewTitle[dues[item.kind]]}
        onClick={() => setOpen(true)}
      >
        {words.renew}
      </button>
      {isOpen && (
        <RenewList
          item={item}
          onOpen={(dialog) => {
            setOpen(false);
            onOpen(dialog);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function RenewList({ item, onOpen, onClose }: RenewActionProps & { readonly onClose: () => void }) {
  const due = dues[item.kind];
  const data = useData<CertificatesJson>(
    apiPath('/api/certificates', { due, sort: 'expires', limit: maxListed }),
    { isStale: ({ kind }) => kind.startsWith('certificate.') },
  );
  return (
    <ShowingDialog title={act.renewTitle[due]} onClose={onClose}>
      <Loaded data={data}>
        {({ devices, can_issue: canIssue, next }) => (
          <>
            {!canIssue && <CannotIssue />}
            <DueDevices rows={rowsOf(item, devices)} due={due} canIssue={canIssue} onOpen={onOpen} />
            {next !== null && <p class="muted">{act.first(formatCount(maxListed))}</p>}
          </>
        )}
      </Loaded>
    </ShowingDialog>
  );
}

interface Row {
  readonly device: string;
  /** The newest certificate that the server knows; missing if it knows none, such as for one issued elsewhere. */
  readonly certificate?: DeviceCertificateJson;
}

function rowsOf(
  { kind, devices = [] }: AttentionJson,
  known: readonly DeviceCertificateJson[],
): readonly Row[] {
  const rows = known.map((certificate) => ({ device: certificate.device, certificate }));
  if (kind !== 'old-certificate') return rows;
  const others = devices.filter((id) => !known.some(({ device }) => device === id));
  return [...rows, ...others.map((device) => ({ device }))];
}

interface DueDevicesProps {
  readonly rows: readonly Row[];
  readonly due: (typeof dues)[keyof typeof dues];
  readonly canIssue: boolean;
  readonly onOpen: (dialog: OpenDialog) => void;
}

function DueDevices({ rows, due, canIssue, onOpen }: DueDevicesProps) {
  if (rows.length === 0) return <p>{act.none}</p>;
  return (
    <ul class="rows" aria-label={words.devices}>
      {rows.map(({ device, certificate }) => {
        const isRenewed = due === 'old' && certificate?.revocable === true && certificate.states_purpose;
        return (
          <li key={device} class="attention">
            <a href={linkTo('devices', device)}>{device}</a>
            {due === 'expiring' && certificate !== undefined && <Expiry certificate={certificate} />}
            {due === 'old' && <span class="muted">{isRenewed ? act.toBring : act.noPurpose}</span>}
            {isRenewed && certificate.has_file && <KitButton device={device} onOpen={onOpen} />}
            {!isRenewed && canIssue && certificate?.has_file !== false && (
              <RenewButton device={device} onOpen={onOpen} />
            )}
          </li>
        );
      })}
    </ul>
  );
}
