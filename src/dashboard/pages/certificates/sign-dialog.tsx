import { useRef } from 'preact/hooks';
import { post } from '../../api/client';
import type { IssuedCertificateJson } from '../../../contract/certificate';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { PemField } from '../../parts/pem-field';
import { nameOfRequest } from '../../parts/request-name';
import { text } from '../../texts';
import { DeviceFields, issueFields } from './issue-fields';

const words = text.certificates;

interface SignDialogProps {
  readonly onDone: (made: IssuedCertificateJson) => void;
  readonly onClose: () => void;
}

/** Signs a certificate for a device's own key. */
export function SignDialog({ onDone, onClose }: SignDialogProps) {
  const device = useRef<HTMLInputElement>(null);
  const filled = useRef('');

  async function sign(fields: FormData): Promise<void> {
    const body = { ...issueFields(fields), csr: typedIn(fields, 'csr') };
    onDone(await post<IssuedCertificateJson>('/api/certificates', body));
  }

  /** The name in the request is the device's id, unless the user has typed another. */
  function fillDevice(pem: string): void {
    const name = nameOfRequest(pem);
    const field = device.current;
    if (name === null || field === null || ![filled.current, ''].includes(field.value)) return;
    field.value = name;
    filled.current = name;
  }

  return (
    <FormDialog title={words.sign} action={words.signAction} onSubmit={sign} onClose={onClose} isWide>
      <p class="muted">{words.signHint}</p>
      <PemField
        name="csr"
        label={words.csr}
        placeholder="-----BEGIN CERTIFICATE REQUEST-----"
        fileLabel={words.csrFile}
        accept=".csr,.pem,.req,application/pkcs10"
        tooLarge={words.csrTooLarge}
        isRequired
        isFirst
        onText={fillDevice}
      />
      <DeviceFields idField={device} />
    </FormDialog>
  );
}
