import { Failure, post } from '../../api/client';
import type { RevocationJson } from '../../../contract/revocation';
import { FormDialog } from '../../parts/dialog';
import { optional } from '../../parts/form-fields';
import { tell } from '../../parts/notices';
import { PemField } from '../../parts/pem-field';
import { RevocationReason } from '../../parts/revoke-dialog';
import { text } from '../../texts';

const words = text.certificates;

interface RevokeOtherDialogProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Revokes a certificate that is not in the list, such as one issued elsewhere, even if it was never seen. */
export function RevokeOtherDialog({ onDone, onClose }: RevokeOtherDialogProps) {
  async function revoke(fields: FormData): Promise<void> {
    const which = { ...optional(fields, 'serial'), ...optional(fields, 'certificate') };
    if (Object.keys(which).length !== 1) throw new Failure(words.revokeOtherOne, 0, 'invalid-input');
    const { device, serial } = await post<RevocationJson>('/api/revocations', {
      ...which,
      ...optional(fields, 'reason'),
    });
    tell(device === null ? words.revokedSerial(serial) : words.revoked(device));
    onDone();
  }

  return (
    <FormDialog
      title={words.revokeOther}
      action={words.revokeOtherAction}
      isDangerous
      isWide
      onSubmit={revoke}
      onClose={onClose}
    >
      <p>{words.revokeOtherWhat}</p>
      <label>
        {words.serial}
        <input name="serial" autoFocus class="mono" maxLength={100} autocomplete="off" spellcheck={false} />
        <span class="field-hint">{words.serialHint}</span>
      </label>
      <PemField
        name="certificate"
        label={words.orCertificate}
        placeholder="-----BEGIN CERTIFICATE-----"
        fileLabel={words.certificateFile}
        accept=".crt,.pem,.cer,application/x-pem-file"
        tooLarge={words.certificateTooLarge}
      />
      <RevocationReason />
    </FormDialog>
  );
}
