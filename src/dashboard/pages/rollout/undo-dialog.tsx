import { asFailure } from '../../api/client';
import { FormDialog } from '../../parts/dialog';
import { takeBack } from '../../parts/release/undo-release';
import { text } from '../../texts';
import type { ActionDialogProps } from './dialog-props';

const words = text.rollouts;

/** Says what will be current afterwards. If a device is offered the release meanwhile, the server refuses. */
export function UndoDialog({ release, reload, onClose }: ActionDialogProps) {
  const { id, bundle, compatible, channel, undo } = release;
  return (
    <FormDialog
      title={words.undoTitle(bundle)}
      action={words.undo}
      isDangerous
      onSubmit={async () => {
        try {
          await takeBack(id);
        } catch (error) {
          if ([404, 409].includes(asFailure(error).status)) reload();
          throw error;
        }
      }}
      onClose={onClose}
    >
      <p>{words.undoText(undo?.bundle ?? null, words.where(compatible, channel))}</p>
    </FormDialog>
  );
}
