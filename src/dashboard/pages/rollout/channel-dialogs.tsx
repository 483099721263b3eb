import { post } from '../../api/client';
import { goTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import type { ActionDialogProps } from './dialog-props';

const words = text.rollouts;

export function DeactivateDialog({ release, onClose }: ActionDialogProps) {
  const { compatible, channel, bundle } = release;
  const where = words.where(compatible, channel);
  return (
    <FormDialog
      title={words.deactivateTitle(where)}
      action={words.deactivateAction}
      isDangerous
      onSubmit={async () => {
        await post('/api/releases/deactivate', { compatible, channel });
        tell(words.deactivated(where));
        goTo('/rollouts');
      }}
      onClose={onClose}
    >
      <p>{words.deactivateText(where, bundle)}</p>
    </FormDialog>
  );
}
