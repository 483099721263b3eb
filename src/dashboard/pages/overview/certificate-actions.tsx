import { useState } from 'preact/hooks';
import type { CertificatesJson, DeviceCertificateJson } from '../../../contract/certificate';
import type { DeviceJson } from '../../../contract/device';
import { apiPath, Failure, get } from '../../api/client';
import { linkTo } from '../../location';
import { ShowingDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/loaded';
import { attempt } from '../../parts/notices';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { CannotIssue } from '../certificates/cannot-issue';
import type { OpenDialog } from '../certificates/certificate-dialogs';
import { Expiry, isRunningOut } from '../certificates/expiry';

const words = text.certificates;
const maxListed = 500;

interface ActionProps {
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** Names the devices whose certificates run out; each is renewed as on the page of certificates. */
export function RenewAction({ onOpen }: ActionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="small" onClick={() => setOpen(true)}>
        {words.renew}
      </button>
      {isOpen && (
        <RenewList
          onRenew={(device) => {
            setOpen(false);
            onOpen({ kind: 'issue', device });
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

interface RenewListProps {
  readonly onRenew: (device: string) => void;
  readonly onClose: () => void;
}

function RenewList({ onRenew, onClose }: RenewListProps) {
  const data = useData<CertificatesJson>(
    apiPath('/api/certificates', { sort: 'expires', limit: maxListed }),
    {
      isStale: ({ kind }) => kind.startsWith('certificate.'),
    },
  );
  return (
    <ShowingDialog title={text.overview.act.renewTitle} onClose={onClose}>
      <Loaded data={data}>
        {({ devices, can_issue: canIssue }) => (
          <>
            {!canIssue && <CannotIssue />}
            <Expiring
              certificates={devices.filter((one) => one.has_file && isRunningOut(one))}
              onRenew={canIssue ? onRenew : null}
            />
          </>
        )}
      </Loaded>
    </ShowingDialog>
  );
}

interface ExpiringProps {
  readonly certificates: readonly DeviceCertificateJson[];
  /** `null` where nothing can be issued. */
  readonly onRenew: ((device: string) => void) | null;
}

function Expiring({ certificates, onRenew }: ExpiringProps) {
  if (certificates.length === 0) return <p>{text.overview.act.none}</p>;
  return (
    <ul class="rows" aria-label={words.devices}>
      {certificates.map((certificate) => {
        const { device, serial } = certificate;
        return (
          <li key={serial} class="attention">
            <a href={linkTo('devices', device)}>{device}</a>
            <Expiry certificate={certificate} />
            {onRenew !== null && (
              <button
                type="button"
                class="small"
                aria-label={words.renewOf(device)}
                onClick={() => onRenew(device)}
              >
                {words.renew}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** For a device that was lost or stolen, or whose certificate is on two boards: revokes the one that it used last. */
export function RevokeAction({ device, onOpen }: ActionProps & { readonly device: string }) {
  async function open(): Promise<void> {
    const { certificates } = await get<DeviceJson>(linkTo('api', 'devices', device));
    const [used] = certificates
      .filter(({ revoked_at: at }) => at === null)
      .sort((a, b) => Date.parse(b.last_seen_at) - Date.parse(a.last_seen_at));
    if (used === undefined) throw new Failure(text.overview.act.noCertificate(device), 0, 'not-found');
    onOpen({ kind: 'revoke', certificate: { device, serial: used.serial } });
  }
  return (
    <button
      type="button"
      class="small danger"
      aria-label={words.revokeUsedBy(device)}
      onClick={() => void attempt(open, null)}
    >
      {words.revoke}
    </button>
  );
}
