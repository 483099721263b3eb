import type { ComponentChildren } from 'preact';
import { Secret } from './command';
import { ShowingDialog } from './dialog';

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
    <ShowingDialog title={title} onClose={onClose}>
      <p>{hint}</p>
      <Secret value={secret} />
      {children}
    </ShowingDialog>
  );
}
