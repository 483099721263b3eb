import { useState } from 'preact/hooks';
import { post, remove } from '../../api/client';
import type { DeviceTokenJson } from '../../../contract/device-token';
import { text } from '../../texts';
import { Secret } from '../command';
import { FormDialog, ShowingDialog } from '../dialog';
import { typedIn } from '../form-fields';
import { Hint, tell } from '../notices';
import { type Holder, tokenPath } from './use-device-token';

const words = text.deviceTokens;
const defaultOverlapSeconds = 604_800;

export interface TokenDialogProps {
  readonly holder: Holder;
  /** Called when the token has changed. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** A token and how to configure it. It is in the page only while this is open. */
export function ShownToken({ holder, token, onClose }: Omit<TokenDialogProps, 'onDone'> & { token: string }) {
  return (
    <ShowingDialog title={words.shownTitle(holder)} onClose={onClose}>
      <p>{words.shownHint}</p>
      <Secret value={token} />
      <p class="muted">{words.use(holder)}</p>
    </ShowingDialog>
  );
}

/** Asks first, then shows the new token. */
export function CreateDeviceToken({ holder, onDone, onClose }: TokenDialogProps) {
  const [made, setMade] = useState<string | null>(null);
  if (made !== null) return <ShownToken holder={holder} token={made} onClose={onClose} />;
  async function create(): Promise<void> {
    setMade((await post<DeviceTokenJson>(tokenPath(holder))).token);
    onDone();
  }
  return (
    <FormDialog
      title={words.createTitle(holder)}
      action={words.createAction}
      closesWhenDone={false}
      onSubmit={create}
      onClose={onClose}
    >
      {holder === null ? (
        <Hint tone="warn">{words.createWhat(holder)}</Hint>
      ) : (
        <p>{words.createWhat(holder)}</p>
      )}
    </FormDialog>
  );
}

/** Asks how long the old token stays valid, then shows the new one. */
export function RotateDeviceToken({ holder, onDone, onClose }: TokenDialogProps) {
  const [made, setMade] = useState<string | null>(null);
  if (made !== null) return <ShownToken holder={holder} token={made} onClose={onClose} />;
  async function rotate(fields: FormData): Promise<void> {
    const body = { overlap_seconds: Number(typedIn(fields, 'overlap')) };
    setMade((await post<DeviceTokenJson>(`${tokenPath(holder)}/rotate`, body)).token);
    onDone();
  }
  return (
    <FormDialog
      title={words.rotateTitle(words.of(holder))}
      action={words.rotateAction}
      closesWhenDone={false}
      onSubmit={rotate}
      onClose={onClose}
    >
      <p>{words.rotateWhat}</p>
      <label>
        {words.overlap}
        <select name="overlap">
          {words.overlaps.map(([seconds, label]) => (
            <option key={seconds} value={seconds} selected={seconds === defaultOverlapSeconds}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </FormDialog>
  );
}

export function RemoveDeviceToken({ holder, onDone, onClose }: TokenDialogProps) {
  async function discard(): Promise<void> {
    await remove(tokenPath(holder));
    tell(words.removed(holder));
    onDone();
  }
  return (
    <FormDialog
      title={words.removeTitle(words.of(holder))}
      action={words.removeAction}
      isDangerous
      onSubmit={discard}
      onClose={onClose}
    >
      <p>{words.removeWhat(holder)}</p>
    </FormDialog>
  );
}
