import { useSignal } from '@preact/signals';
import type { AttentionJson } from '../../../contract/attention';
import { post } from '../../api/client';
import { linkTo } from '../../location';
import { Icon, type IconName } from '../../parts/icon';
import { attempt } from '../../parts/notices';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { CertificateDialogs, type OpenDialog } from '../certificates/certificate-dialogs';
import { AttentionAction } from './attention-action';
import { attentionWords } from './attention-words';

const looks: Readonly<Record<string, readonly ['bad' | 'warn', IconName]>> = {
  'paused-rollout': ['warn', 'pause'],
  'bundle-untrusted': ['bad', 'alert'],
  'images-mismatch': ['bad', 'alert'],
  'signer-expiring': ['bad', 'certificates'],
  'downgrade-allowed': ['warn', 'back'],
  failed: ['bad', 'cross'],
  'rolled-back': ['bad', 'back'],
  rejected: ['bad', 'lock'],
  lost: ['warn', 'question'],
  interrupted: ['warn', 'clock'],
  stopped: ['warn', 'question'],
  'database-restored': ['bad', 'back'],
  'second-board': ['bad', 'alert'],
  'other-compatible': ['warn', 'certificates'],
  'silent-poller': ['warn', 'question'],
  silent: ['warn', 'silent'],
  'over-budget': ['warn', 'alert'],
  waiting: ['warn', 'clock'],
  held: ['warn', 'lock'],
  'certificate-expiring': ['warn', 'certificates'],
  'old-certificate': ['warn', 'certificates'],
  'ca-certificate-expiring': ['bad', 'certificates'],
  'server-certificate-expiring': ['bad', 'certificates'],
  'server-certificate-held-back': ['bad', 'certificates'],
  'server-certificate-misses-names': ['bad', 'certificates'],
  'webhook-failing': ['bad', 'alert'],
  'webhook-full': ['bad', 'clock'],
  'chore-failing': ['bad', 'alert'],
  storage: ['bad', 'alert'],
  'storage-unwritable': ['bad', 'alert'],
  clock: ['bad', 'clock'],
  crashed: ['bad', 'alert'],
};

/** What a person should look at; each leads to where it can be settled. */
export function Attention({ items }: { readonly items: readonly AttentionJson[] }) {
  const dialog = useSignal<OpenDialog | null>(null);
  return (
    <Section title={text.overview.attention} isUrgent>
      {items.length === 0 && (
        <p class="muted">
          <Icon name="check" /> {text.overview.nothingToDo}
        </p>
      )}
      <ul class="rows">
        {items.map((item) => {
          const [tone, icon] = looks[item.kind] ?? ['warn', 'alert'];
          return (
            <li key={JSON.stringify(item)} class="attention">
              <span class={`event-mark ${tone}`}>
                <Icon name={icon} />
              </span>
              <a href={placeOf(item)}>{attentionWords(item)}</a>
              <AttentionAction item={item} onOpen={(wanted) => (dialog.value = wanted)} />
              {item.subjects !== undefined && <Dismiss kind={item.kind} subjects={item.subjects} />}
            </li>
          );
        })}
      </ul>
      <CertificateDialogs dialog={dialog} onChange={() => undefined} />
    </Section>
  );
}

/** It is gone when the journal tells so. */
function Dismiss({ kind, subjects }: { readonly kind: string; readonly subjects: readonly string[] }) {
  const dismiss = () => attempt(() => post('/api/attention/dismiss', { kind, subjects }), null);
  return (
    <button type="button" class="quiet small" onClick={() => void dismiss()}>
      {text.overview.dismiss}
    </button>
  );
}

function placeOf(item: AttentionJson): string {
  const { kind, compatible, channel, release_id: release, bundle, device } = item;
  const query = new URLSearchParams();
  if (compatible !== undefined) query.set('compatible', compatible);
  if (channel !== undefined) query.set('channel', channel);
  switch (kind) {
    case 'downgrade-allowed':
    case 'database-restored':
      return '/rollouts';
    case 'paused-rollout':
      return release === undefined ? '/rollouts' : linkTo('rollouts', release);
    case 'bundle-untrusted':
    case 'images-mismatch':
    case 'signer-expiring':
      return bundle === undefined ? '/bundles' : linkTo('bundles', bundle);
    case 'failed':
    case 'rolled-back':
    case 'rejected':
    case 'lost':
    case 'interrupted':
    case 'stopped':
      query.set('state', kind);
      return `/devices?${query.toString()}`;
    case 'second-board':
    case 'over-budget':
      return device === undefined ? '/devices' : linkTo('devices', device);
    case 'other-compatible':
      return '/devices?other_compatible=true';
    case 'silent':
      if (device !== undefined) return linkTo('devices', device);
      query.set('last_contact_before', item.last_contact_before ?? '');
      query.set('held', 'false');
      query.set('sort', 'last_contact');
      query.set('order', 'desc');
      return `/devices?${query.toString()}`;
    case 'silent-poller':
      return '/devices?silent_poller=true';
    case 'waiting':
    case 'held':
      query.set(kind, 'true');
      return `/devices?${query.toString()}`;
    case 'certificate-expiring':
      return '/certificates?sort=expires';
    case 'old-certificate':
    case 'ca-certificate-expiring':
    case 'server-certificate-expiring':
    case 'server-certificate-held-back':
    case 'server-certificate-misses-names':
      return '/certificates';
    default:
      return '/settings';
  }
}
