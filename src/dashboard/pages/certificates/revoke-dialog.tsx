import { post } from '../../api/client';
import type { DeviceCertificateJson } from '../../api/settings-types';
import { linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { optional } from '../../parts/form-fields';
import { tell } from '../../parts/notices';
import { text } from '../../texts';

const words = text.certificates;

interface RevokeDialogProps {
  readonly certificate: DeviceCertificateJson;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function RevokeDialog({ certificate: { device, serial }, onDone, onClose }: RevokeDialogProps) {
  async function revoke(fields: FormData): Promise<void> {
    await post(linkTo('api', 'certificates', serial, 'revoke'), optional(fields, 'reason'));
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
      <label>
        {words.reason}
        <input name="reason" autoFocus maxLength={200} autocomplete="off" />
        <span class="field-hint">{words.reasonHint}</span>
      </label>
    </FormDialog>
  );
}
