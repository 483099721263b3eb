import { post } from '../api/client';
import { text } from '../texts';
import { FormDialog } from './dialog';
import { optional } from './form-fields';
import { tell } from './notices';

const words = text.certificates;

interface RevokeDialogProps {
  readonly certificate: { readonly device: string; readonly serial: string };
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Revokes one certificate of a device, from any issuer. */
export function RevokeDialog({ certificate: { device, serial }, onDone, onClose }: RevokeDialogProps) {
  async function revoke(fields: FormData): Promise<void> {
    await post('/api/revocations', { serial, device, ...optional(fields, 'reason') });
    tell(words.revoked(device));
    onDone();
  }
  return (
    <FormDialog
      title={words.revokeTitle(device)}
      action={words.revokeAction(device)}
      isDangerous
      onSubmit={revoke}
      onClose={onClose}
    >
      <p>{words.revokeWhat(device)}</p>
      <p class="muted small">
        {words.serial} <span class="mono">{serial}</span>
      </p>
      <RevocationReason isFirst />
    </FormDialog>
  );
}

/** @param isFirst whether the focus of the dialog starts here */
export function RevocationReason({ isFirst = false }: { readonly isFirst?: boolean }) {
  return (
    <label>
      {words.reason}
      <input name="reason" autoFocus={isFirst} maxLength={200} autocomplete="off" />
      <span class="field-hint">{words.reasonHint}</span>
    </label>
  );
}
