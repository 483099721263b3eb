import type { ReleaseDetailsJson } from '../../../contract/release';

/** What every dialog before an action is given. */
export interface ActionDialogProps {
  readonly release: ReleaseDetailsJson;
  /** Reads the release again. */
  readonly reload: () => void;
  readonly onClose: () => void;
}
