import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/client';
import { text } from '../texts';
import { Icon } from './icon';
import { focusNear, pathOf } from '../keep-focus';
import { openModal } from './modals';
import { FailureBox, tellFailure } from './notices';

interface DialogProps {
  readonly title: string;
  /** Closes it, or asks first; missing for a dialog that must be answered. */
  readonly onClose?: (() => void) | undefined;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
}

/**
 * A modal dialog: the browser keeps the focus inside; Escape asks to close it, and the focus returns to where it was.
 */
export function Dialog({ title, onClose, children, isWide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = pathOf(document.activeElement);
    const dialog = element.current;
    if (dialog === null) return;
    const close = openModal(dialog);
    // The browser would focus the close button.
    dialog.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return () => {
      close(); // nothing behind a modal dialog can have the focus
      focusNear(opener);
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={isWide ? 'wide' : ''}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // A file field inside has an event of the same name.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose?.();
      }}
      onClose={({ target, currentTarget }) => {
        // Browsers close it on the second Escape, whatever the page says.
        if (target === currentTarget && currentTarget.isConnected && !currentTarget.open)
          currentTarget.showModal();
      }}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {onClose !== undefined && (
          <button type="button" class="quiet square" aria-label={text.common.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

/** A dialog that only shows something. */
export function ShowingDialog({ children, ...dialog }: DialogProps & { readonly onClose: () => void }) {
  return (
    <Dialog {...dialog}>
      <div class="dialog-body">
        {children}
        <footer class="dialog-foot">
          <button type="button" class="primary" onClick={dialog.onClose}>
            {text.common.close}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}

interface FormDialogProps {
  readonly title: string;
  /** The label of the button: a verb with its object. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Enter in a field does nothing: only the button submits. For dangerous actions. */
  readonly isDeliberate?: boolean;
  readonly isWide?: boolean;
  readonly isReady?: boolean;
  /** False if something else replaces the dialog when it is done. */
  readonly closesWhenDone?: boolean;
  /** Rejects with the failure to show; the dialog and its input then stay. */
  readonly onSubmit: (fields: FormData) => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks for confirmation or for input before something is done. */
export function FormDialog(props: FormDialogProps) {
  const {
    title,
    action,
    isDangerous = false,
    isDeliberate = isDangerous,
    isWide = false,
    isReady = true,
    closesWhenDone = true,
    onSubmit,
    onClose,
    children,
  } = props;
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const isGone = useRef(false);
  useEffect(
    () => () => {
      isGone.current = true;
    },
    [],
  );

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onSubmit(new FormData(event.currentTarget as HTMLFormElement));
      if (closesWhenDone && !isGone.current) onClose();
    } catch (error) {
      // The dialog is closed by now: the failure is still shown.
      if (isGone.current) tellFailure(error);
      setFailure(asFailure(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose} isWide={isWide}>
      <form class="dialog-form" onSubmit={(event) => void submit(event)}>
        {/* Enter in a text field presses the first button that submits, and nothing when that is disabled; Enter on a radio
            button or a checkbox looks for another one, so there is none. */}
        {isDeliberate && <button disabled hidden />}
        {children}
        {failure !== null && <FailureBox error={failure} />}
        <footer class="dialog-foot">
          <button type="button" onClick={onClose}>
            {text.common.cancel}
          </button>
          <button
            type={isDeliberate ? 'button' : 'submit'}
            onClick={(event) => {
              if (isDeliberate) event.currentTarget.form?.requestSubmit();
            }}
            class={isDangerous ? 'danger' : 'primary'}
            aria-disabled={isBusy || !isReady}
            disabled={!isReady}
          >
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
