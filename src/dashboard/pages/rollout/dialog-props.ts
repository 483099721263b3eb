import type { ReleaseDetailsJson } from '../../../contract/release';

/** The props of every dialog before an action. */
export interface ActionDialogProps {
  readonly release: ReleaseDetailsJson;
  /** Reads the release again. */
  readonly reload: () => void;
  readonly onClose: () => void;
}
