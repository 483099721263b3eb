import { post } from '../../api/client';
import type { BundleInUseJson } from '../../../contract/bundle';
import { formatBytes } from '../../format';
import { goTo, linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { Hint, tell } from '../../parts/notices';
import { text } from '../../texts';

interface DeleteBundleProps {
  readonly bundle: BundleInUseJson;
  readonly onClose: () => void;
}

/** Asks before deleting a bundle, and says which devices that affects. */
export function DeleteBundle({ bundle, onClose }: DeleteBundleProps) {
  const { name, size, current, devices } = bundle;
  const words = text.bundles;
  const count = (devicesOf: number) => text.common.count(devicesOf, words.device, words.deviceMany);
  const isInUse = devices.installing > 0 || devices.pinned > 0;

  async function remove(fields: FormData): Promise<void> {
    await post(linkTo('delete', name), fields.get('force') === 'true' ? { force: true } : {});
    tell(words.deleted(name));
    goTo('/bundles');
  }

  return (
    <FormDialog
      title={words.deleteTitle(name)}
      action={words.deleteAction(name)}
      isDangerous
      isReady={current.length === 0}
      onSubmit={remove}
      onClose={onClose}
    >
      {current.length > 0 ? (
        <Hint tone="warn">
          {words.deleteCurrent}{' '}
          {current.map(({ compatible, channel, release_id: id }) => (
            <a key={id} href={linkTo('rollouts', id)}>
              {words.activated(compatible, channel)}
            </a>
          ))}
        </Hint>
      ) : (
        <p>{words.deleteText(formatBytes(size))}</p>
      )}
      {devices.running > 0 && <p>{words.deleteRunning(count(devices.running))}</p>}
      {devices.installing > 0 && <Hint tone="bad">{words.deleteInstalling(count(devices.installing))}</Hint>}
      {devices.pinned > 0 && <Hint tone="bad">{words.deletePinned(count(devices.pinned))}</Hint>}
      {isInUse && current.length === 0 && (
        <label class="inline">
          <input type="checkbox" name="force" value="true" />
          {words.deleteForce}
        </label>
      )}
    </FormDialog>
  );
}
