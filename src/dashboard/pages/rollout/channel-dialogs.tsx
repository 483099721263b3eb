import { releaseBefore } from '../../../core/release-before';
import { apiPath, post } from '../../api/client';
import type { ActivationJson, FleetJson, ReleaseJson } from '../../api/types';
import { formatCount } from '../../format';
import { goTo, linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/loaded';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import { useData } from '../../use-data';
import type { ActionDialogProps } from './action-dialog';

const words = text.rollouts;
/** So far back does the server look, too. */
const lookedAt = 1_000;

/** Names the bundle that becomes current for everyone before it does. */
export function BackDialog({ release, onClose }: ActionDialogProps) {
  const { compatible, channel } = release;
  const where = words.where(compatible, channel);
  const history = useData<{ readonly history: readonly ActivationJson[] }>(
    apiPath('/api/history', { compatible, channel, limit: lookedAt }),
    { isStale: ({ kind }) => kind.startsWith('release.') },
  );
  const fleet = useData<FleetJson>('/api/fleet', { isStale: () => false });
  const devices = (fleet.value?.counts ?? [])
    .filter((count) => count.compatible === compatible && count.channel === channel)
    .reduce((sum, count) => sum + count.devices, 0);
  const before = bundleBefore(history.value?.history ?? []);
  return (
    <FormDialog
      title={words.backTitle(where)}
      action={words.backAction}
      isDangerous
      isReady={before !== null}
      onSubmit={async () => {
        const { id, bundle } = await post<ReleaseJson>('/api/releases/back', {
          compatible,
          channel,
          expected: before,
        });
        tell(words.backDone(bundle));
        goTo(linkTo('rollouts', id));
      }}
      onClose={onClose}
    >
      <Loaded data={history}>
        {() => (
          <p>
            {before === null ? words.backNone(where) : words.backText(before, where, formatCount(devices))}
          </p>
        )}
      </Loaded>
    </FormDialog>
  );
}

export function DeactivateDialog({ release, onClose }: ActionDialogProps) {
  const { compatible, channel, bundle } = release;
  const where = words.where(compatible, channel);
  return (
    <FormDialog
      title={words.deactivateTitle(where)}
      action={words.deactivateAction}
      isDangerous
      onSubmit={async () => {
        await post('/api/releases/deactivate', { compatible, channel });
        tell(words.deactivated(where));
        goTo('/rollouts');
      }}
      onClose={onClose}
    >
      <p>{words.deactivateText(where, bundle)}</p>
    </FormDialog>
  );
}

/** What the server finds too; it refuses when that has changed meanwhile. */
function bundleBefore(history: readonly ActivationJson[]): string | null {
  const lines = history.map(({ action, bundle }) => ({ action, bundleName: bundle }));
  return releaseBefore(lines, true)?.bundleName ?? null;
}
