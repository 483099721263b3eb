import { useState } from 'preact/hooks';
import { asFailure, post } from '../../api/client';
import { goTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import type { ActionDialogProps } from './dialog-props';

const words = text.rollouts;

/** Withdraws exactly the release that the user saw when asking. */
export function DeactivateDialog({ release, reload, onClose }: ActionDialogProps) {
  const [{ id, compatible, channel, bundle }] = useState(release);
  const where = words.where(compatible, channel);
  return (
    <FormDialog
      title={words.deactivateTitle(where)}
      action={words.deactivateAction}
      isDangerous
      onSubmit={async () => {
        try {
          await post('/api/releases/deactivate', { compatible, channel, expected_release: id });
        } catch (error) {
          if ([404, 409].includes(asFailure(error).status)) reload();
          throw error;
        }
        tell(words.deactivated(where));
        goTo('/rollouts');
      }}
      onClose={onClose}
    >
      <p>{words.deactivateText(where, bundle)}</p>
    </FormDialog>
  );
}
