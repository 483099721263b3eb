import { linkTo } from '../../location';
import { Dialog } from '../../parts/dialog';
import { text } from '../../texts';
import type { BulkOutcome } from './actions';

interface BulkResultProps {
  readonly outcome: BulkOutcome;
  readonly onClose: () => void;
}

/** What became of an action that did not work for all: each device with why. */
export function BulkResult({ outcome: { done, failed }, onClose }: BulkResultProps) {
  return (
    <Dialog title={text.devices.partly(done.length, done.length + failed.length)} onClose={onClose} isWide>
      <div class="dialog-body">
        <p>{text.devices.failedSelected}</p>
        <ul class="rows failed-devices">
          {failed.map(({ id, message }) => (
            <li key={id}>
              <a href={linkTo('devices', id)}>{id}</a>
              <p class="muted">{message}</p>
            </li>
          ))}
        </ul>
        <footer class="dialog-foot">
          <button type="button" class="primary" onClick={onClose}>
            {text.common.close}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
