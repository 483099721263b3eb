import { text } from '../../texts';
import type { OpenDialog } from './certificate-dialogs';

const words = text.certificates;

interface CertificateButtonProps {
  readonly device: string;
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** Issues a new certificate for a device. */
export function RenewButton({ device, onOpen }: CertificateButtonProps) {
  return (
    <button
      type="button"
      class="small"
      aria-label={words.renewOf(device)}
      onClick={() => onOpen({ kind: 'issue', device })}
    >
      {words.renew}
    </button>
  );
}

/** Makes the kit that brings a device its certificate. */
export function KitButton({ device, onOpen }: CertificateButtonProps) {
  return (
    <button
      type="button"
      class="small"
      aria-label={words.kitOf(device)}
      onClick={() => onOpen({ kind: 'kit', device })}
    >
      {words.kit}
    </button>
  );
}
