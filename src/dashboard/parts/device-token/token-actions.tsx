import { useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { DeviceTokenJson } from '../../../contract/device-token';
import { text } from '../../texts';
import { tellFailure } from '../notices';
import { RemoveDeviceToken, RotateDeviceToken, ShownToken } from './token-dialogs';
import { type Holder, tokenPath } from './use-device-token';

const words = text.deviceTokens;

interface TokenActionsProps {
  readonly holder: Holder;
  readonly onChange: () => void;
}

/** Shows, replaces and removes a token. */
export function TokenActions({ holder, onChange }: TokenActionsProps) {
  const [shown, setShown] = useState<string | null>(null);
  const [asking, setAsking] = useState<'rotate' | 'remove' | null>(null);
  const close = () => setAsking(null);
  const dialog = { holder, onDone: onChange, onClose: close };
  const name = words.of(holder);
  async function show(): Promise<void> {
    try {
      setShown((await get<DeviceTokenJson>(tokenPath(holder))).token);
    } catch (error) {
      tellFailure(error);
    }
  }
  return (
    <>
      <button type="button" class="small" aria-label={words.showOf(name)} onClick={() => void show()}>
        {words.show}
      </button>
      <button
        type="button"
        class="small"
        aria-label={words.rotateOf(name)}
        onClick={() => setAsking('rotate')}
      >
        {words.rotate}
      </button>
      <button
        type="button"
        class="small danger"
        aria-label={words.removeOf(name)}
        onClick={() => setAsking('remove')}
      >
        {words.remove}
      </button>
      {shown !== null && <ShownToken holder={holder} token={shown} onClose={() => setShown(null)} />}
      {asking === 'rotate' && <RotateDeviceToken {...dialog} />}
      {asking === 'remove' && <RemoveDeviceToken {...dialog} />}
    </>
  );
}
