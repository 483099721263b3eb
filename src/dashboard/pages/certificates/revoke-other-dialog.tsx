import { useRef, useState } from 'preact/hooks';
import { Failure, post } from '../../api/client';
import type { RevocationJson } from '../../../contract/revocation';
import { FormDialog } from '../../parts/dialog';
import { optional } from '../../parts/form-fields';
import { Hint, tell } from '../../parts/notices';
import { RevocationReason } from '../../parts/revoke-dialog';
import { text } from '../../texts';

const words = text.certificates;
const maxCertificateSize = 32_768;

interface RevokeOtherDialogProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Revokes a certificate that is not in the list: one that was issued elsewhere, seen or not. */
export function RevokeOtherDialog({ onDone, onClose }: RevokeOtherDialogProps) {
  const certificate = useRef<HTMLTextAreaElement>(null);
  const [isTooLarge, setTooLarge] = useState(false);

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

  async function take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    setTooLarge(file.size > maxCertificateSize);
    if (file.size > maxCertificateSize || certificate.current === null) return;
    certificate.current.value = await file.text();
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
      <label>
        {words.orCertificate}
        <textarea
          ref={certificate}
          name="certificate"
          class="mono pem"
          maxLength={maxCertificateSize}
          spellcheck={false}
          placeholder="-----BEGIN CERTIFICATE-----"
        />
      </label>
      <label>
        {words.certificateFile}
        <input
          type="file"
          accept=".crt,.pem,.cer,application/x-pem-file"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      {isTooLarge && <Hint tone="bad">{words.certificateTooLarge}</Hint>}
      <RevocationReason />
    </FormDialog>
  );
}
