import type { ReleaseDetailsJson } from '../../api/types';

/** What every dialog before an action is given. */
export interface ActionDialogProps {
  readonly release: ReleaseDetailsJson;
  /** Reads the release again. */
  readonly reload: () => void;
  readonly onClose: () => void;
}
