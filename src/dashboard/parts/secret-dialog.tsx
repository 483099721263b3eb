import type { ComponentChildren } from 'preact';
import { text } from '../texts';
import { Secret } from './command';
import { Dialog } from './dialog';

interface SecretDialogProps {
  readonly title: string;
  /** That it is shown this once. */
  readonly hint: string;
  readonly secret: string;
  readonly onClose: () => void;
  /** How it is used. */
  readonly children?: ComponentChildren;
}

/** A secret that was just made. */
export function SecretDialog({ title, hint, secret, onClose, children }: SecretDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-body">
        <p>{hint}</p>
        <Secret value={secret} />
        {children}
        <footer class="dialog-foot">
          <button type="button" class="primary" onClick={onClose}>
            {text.common.close}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
