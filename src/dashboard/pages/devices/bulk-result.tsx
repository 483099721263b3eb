import { linkTo } from '../../location';
import { ShowingDialog } from '../../parts/dialog';
import { text } from '../../texts';
import type { BulkOutcome } from './actions';

interface BulkResultProps {
  readonly outcome: BulkOutcome;
  readonly onClose: () => void;
}

/** The result of an action that failed for some devices, with the reason for each. */
export function BulkResult({ outcome: { done, failed, notTried }, onClose }: BulkResultProps) {
  return (
    <ShowingDialog
      title={text.devices.partly(done.length, done.length + failed.length + notTried.length)}
      onClose={onClose}
      isWide
    >
      <p>{text.devices.failedSelected}</p>
      <ul class="rows failed-devices">
        {failed.map(({ id, message }) => (
          <li key={id}>
            <a href={linkTo('devices', id)}>{id}</a>
            <p class="muted">{message}</p>
          </li>
        ))}
      </ul>
      {notTried.length > 0 && (
        <>
          <p>{text.devices.notTried(notTried.length)}</p>
          <ul class="rows failed-devices">
            {notTried.map((id) => (
              <li key={id}>
                <a href={linkTo('devices', id)}>{id}</a>{' '}
                <span class="muted">{text.devices.notTriedMark}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </ShowingDialog>
  );
}
