import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../texts';
import { useGuard } from '../use-guard';
import { Secret } from './command';
import { Dialog } from './dialog';
import { Hint } from './notices';

interface SecretDialogProps {
  readonly title: string;
  /** Says that the secret is shown only once. */
  readonly hint: string;
  readonly secret: string;
  readonly onClose: () => void;
  /** How to use it. */
  readonly children?: ComponentChildren;
}

/** A new secret. It cannot be lost by a slip: the dialog closes at once after copying, and otherwise asks again. */
export function SecretDialog({ title, hint, secret, onClose, children }: SecretDialogProps) {
  const [isCopied, setCopied] = useState(false);
  const [isAsking, setAsking] = useState(false);
  useGuard(!isCopied);
  const words = text.common;
  const needsWord = isAsking && !isCopied;
  return (
    <Dialog title={title} onClose={() => setAsking(true)}>
      <div class="dialog-body" onCopy={() => setCopied(true)}>
        <p>{hint}</p>
        <Secret value={secret} onCopied={() => setCopied(true)} />
        {children}
        <div aria-live="polite">{needsWord && <Hint tone="warn">{words.secretNotCopied}</Hint>}</div>
        <footer class="dialog-foot">
          <button
            type="button"
            class={needsWord ? 'danger' : 'primary'}
            onClick={() => (isCopied || isAsking ? onClose() : setAsking(true))}
          >
            {needsWord ? words.closeUncopied : words.close}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
