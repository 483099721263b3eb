import type { Signal } from '@preact/signals';
import type { DeviceCertificateJson, IssuedCertificateJson } from '../../../contract/certificate';
import { RevokeDialog } from '../../parts/revoke-dialog';
import { IssueDialog } from './issue-dialog';
import { IssuedDialog } from './issued-dialog';
import { KitDialog } from './kit-dialog';
import { RenewDialog } from './renew-dialog';
import { RevokeOtherDialog } from './revoke-other-dialog';
import { SignDialog } from './sign-dialog';

export type OpenDialog =
  | { readonly kind: 'sign' | 'revoke-other' }
  /** For an existing device, or a new one. */
  | { readonly kind: 'issue'; readonly device?: string }
  | { readonly kind: 'issued'; readonly made: IssuedCertificateJson; readonly hasKey: boolean }
  | { readonly kind: 'kit'; readonly device: string }
  | { readonly kind: 'revoke'; readonly certificate: Pick<DeviceCertificateJson, 'device' | 'serial'> };

interface CertificateDialogsProps {
  readonly dialog: Signal<OpenDialog | null>;
  /** Called when the certificates have changed. */
  readonly onChange: () => void;
}

/** The open dialog, and what follows it. */
export function CertificateDialogs({ dialog, onChange }: CertificateDialogsProps) {
  const open = dialog.value;
  if (open === null) return null;
  // A dialog closes itself when it is done; what it opened stays.
  const close = () => {
    if (dialog.value === open) dialog.value = null;
  };
  const show = (made: IssuedCertificateJson, hasKey: boolean) => {
    dialog.value = { kind: 'issued', made, hasKey };
    onChange();
  };
  switch (open.kind) {
    case 'issue':
      if (open.device !== undefined)
        return <RenewDialog device={open.device} onDone={(made) => show(made, true)} onClose={close} />;
      return <IssueDialog onDone={(made) => show(made, true)} onClose={close} />;
    case 'sign':
      return <SignDialog onDone={(made) => show(made, false)} onClose={close} />;
    case 'issued':
      return (
        <IssuedDialog
          made={open.made}
          hasKey={open.hasKey}
          onKit={() => (dialog.value = { kind: 'kit', device: open.made.device })}
          onClose={close}
        />
      );
    case 'kit':
      return <KitDialog device={open.device} onClose={close} />;
    case 'revoke':
      return <RevokeDialog certificate={open.certificate} onDone={onChange} onClose={close} />;
    case 'revoke-other':
      return <RevokeOtherDialog onDone={onChange} onClose={close} />;
  }
}
