import { post } from '../../api/client';
import type { IssuedCertificateJson } from '../../../contract/certificate';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { text } from '../../texts';
import { DeviceFields, issueFields, KeyField } from './issue-fields';

const words = text.certificates;

interface IssueDialogProps {
  readonly onDone: (made: IssuedCertificateJson) => void;
  readonly onClose: () => void;
}

/** Issues a certificate with a key that the server makes. */
export function IssueDialog({ onDone, onClose }: IssueDialogProps) {
  async function issue(fields: FormData): Promise<void> {
    const body = { ...issueFields(fields), key: typedIn(fields, 'key') };
    onDone(await post<IssuedCertificateJson>('/api/certificates', body));
  }
  return (
    <FormDialog title={words.issue} action={words.issueAction} onSubmit={issue} onClose={onClose}>
      <DeviceFields isFirst>
        <KeyField />
      </DeviceFields>
    </FormDialog>
  );
}
