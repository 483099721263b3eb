import { KitDialog as CertificateKitDialog } from '../certificates/kit-dialog';
import type { DeviceDialogProps } from './device-dialogs';

/** Makes the archive that connects a device to this server. */
export function KitDialog({ subject, onClose }: DeviceDialogProps) {
  return <CertificateKitDialog device={subject.device.id} onClose={onClose} />;
}
