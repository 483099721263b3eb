import { goTo, linkTo } from '../../location';
import { ReleaseForm } from '../../parts/release-form';
import type { Action } from './actions';
import { BackDialog } from './back-dialog';
import type { ActionDialogProps } from './dialog-props';
import { UndoDialog } from './undo-dialog';
import { DeactivateDialog } from './channel-dialogs';
import { AbortDialog, PauseDialog, PromoteDialog, ResumeDialog } from './rollout-dialogs';

/** The dialog before an action. */
export function ActionDialog({ action, ...props }: ActionDialogProps & { readonly action: Action }) {
  const { bundle, compatible, channel } = props.release;
  switch (action) {
    case 'promote':
      return <PromoteDialog {...props} />;
    case 'undo':
      return <UndoDialog {...props} />;
    case 'pause':
      return <PauseDialog {...props} />;
    case 'resume':
      return <ResumeDialog {...props} />;
    case 'abort':
      return <AbortDialog {...props} />;
    case 'back':
      return <BackDialog {...props} />;
    case 'deactivate':
      return <DeactivateDialog {...props} />;
    default:
      return (
        <ReleaseForm
          bundle={action === 'again' ? bundle : null}
          compatible={compatible}
          channel={channel}
          onClose={props.onClose}
          onDone={({ id }) => goTo(linkTo('rollouts', id))}
        />
      );
  }
}
