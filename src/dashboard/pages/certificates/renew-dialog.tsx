import type { IssuedCertificateJson } from '../../../contract/certificate';
import type { DeviceJson } from '../../../contract/device';
import { asFailure, get, post } from '../../api/client';
import { linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { text } from '../../texts';
import { DaysField, KeyField } from './issue-fields';

const words = text.certificates;

interface RenewDialogProps {
  readonly device: string;
  readonly onDone: (made: IssuedCertificateJson) => void;
  readonly onClose: () => void;
}

/** A device's next certificate: it stays bound to the same compatibles as the previous one. */
export function RenewDialog({ device, onDone, onClose }: RenewDialogProps) {
  async function renew(fields: FormData): Promise<void> {
    const compatibles = await boundTo(device);
    const body = {
      id: device,
      days: Number(typedIn(fields, 'days')),
      key: typedIn(fields, 'key'),
      force: true,
      ...(compatibles.length === 0 ? {} : { compatibles }),
    };
    onDone(await post<IssuedCertificateJson>('/api/certificates', body));
  }
  return (
    <FormDialog
      title={words.renewTitle(device)}
      action={words.issueAction}
      onSubmit={renew}
      onClose={onClose}
    >
      <p>{words.renewWhat}</p>
      <div class="fields two">
        <DaysField />
        <KeyField />
      </div>
    </FormDialog>
  );
}

/** The compatibles of the certificate that it used last; none for a device that never connected. @throws Failure */
async function boundTo(device: string): Promise<readonly string[]> {
  try {
    return (await get<DeviceJson>(linkTo('api', 'devices', device))).certificate_compatibles;
  } catch (error) {
    if (asFailure(error).status === 404) return [];
    throw error;
  }
}
