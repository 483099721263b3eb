import { signal } from '@preact/signals';

/** The open modal dialogs, the topmost last. */
export const modals = signal<readonly HTMLDialogElement[]>([]);

/**
 * Shows a dialog above everything else.
 * @returns closes it
 */
export function openModal(dialog: HTMLDialogElement): () => void {
  dialog.showModal();
  modals.value = [...modals.value, dialog];
  return () => {
    modals.value = modals.value.filter((open) => open !== dialog);
    dialog.close();
  };
}
