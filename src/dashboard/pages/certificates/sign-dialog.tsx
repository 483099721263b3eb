import { useRef, useState } from 'preact/hooks';
import { post } from '../../api/client';
import type { IssuedCertificateJson } from '../../../contract/certificate';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { Hint } from '../../parts/notices';
import { text } from '../../texts';
import { DeviceFields, issueFields } from './issue-fields';

const words = text.certificates;
const maxRequestSize = 32_768;

interface SignDialogProps {
  readonly onDone: (made: IssuedCertificateJson) => void;
  readonly onClose: () => void;
}

/** A certificate for a key that the device has. */
export function SignDialog({ onDone, onClose }: SignDialogProps) {
  const request = useRef<HTMLTextAreaElement>(null);
  const [isTooLarge, setTooLarge] = useState(false);

  async function sign(fields: FormData): Promise<void> {
    const body = { ...issueFields(fields), csr: typedIn(fields, 'csr') };
    onDone(await post<IssuedCertificateJson>('/api/certificates', body));
  }

  async function take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    setTooLarge(file.size > maxRequestSize);
    if (file.size > maxRequestSize || request.current === null) return;
    request.current.value = await file.text();
  }

  return (
    <FormDialog title={words.sign} action={words.signAction} onSubmit={sign} onClose={onClose} isWide>
      <p class="muted">{words.signHint}</p>
      <label>
        {words.csr}
        <textarea
          ref={request}
          name="csr"
          autoFocus
          class="mono pem"
          required
          maxLength={maxRequestSize}
          spellcheck={false}
          placeholder="-----BEGIN CERTIFICATE REQUEST-----"
        />
      </label>
      <label>
        {words.csrFile}
        <input
          type="file"
          accept=".csr,.pem,.req,application/pkcs10"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      {isTooLarge && <Hint tone="bad">{words.csrTooLarge}</Hint>}
      <DeviceFields />
    </FormDialog>
  );
}
