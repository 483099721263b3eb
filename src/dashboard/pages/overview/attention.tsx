import { useSignal } from '@preact/signals';
import type { AttentionJson } from '../../../contract/attention';
import { lookOf } from '../../../contract/state-looks';
import { post } from '../../api/client';
import { Icon, type IconName } from '../../parts/icon';
import { attempt } from '../../parts/notices';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { CertificateDialogs, type OpenDialog } from '../certificates/certificate-dialogs';
import { AttentionAction } from './attention-action';
import { placeOf } from './attention-place';
import { attentionWords } from './attention-words';

const looks: Readonly<Record<string, readonly ['bad' | 'warn', IconName]>> = {
  'paused-rollout': ['warn', 'pause'],
  'bundle-untrusted': ['bad', 'alert'],
  'images-mismatch': ['bad', 'alert'],
  'signer-expiring': ['bad', 'certificates'],
  'downgrade-allowed': ['warn', 'back'],
  'database-restored': ['bad', 'back'],
  'second-board': ['bad', 'alert'],
  'other-compatible': ['warn', 'certificates'],
  'silent-poller': ['warn', 'question'],
  silent: ['warn', 'silent'],
  'over-budget': ['warn', 'alert'],
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

/** Devices in one of these states look as they do on every other page. */
const ofState = new Set([
  'failed',
  'rolled-back',
  'rejected',
  'lost',
  'interrupted',
  'stopped',
  'waiting',
  'held',
]);

function looksLike(kind: string): readonly [string, IconName] {
  const { tone, shape } = lookOf(kind);
  return ofState.has(kind) ? [tone, shape] : (looks[kind] ?? ['warn', 'alert']);
}

/** What people should look at; each item leads to where it can be settled. */
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
          const [tone, icon] = looksLike(item.kind);
          return (
            <li key={keyOf(item)} class="attention">
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

/** The item disappears when the journal reports that it was dismissed. */
function Dismiss({ kind, subjects }: { readonly kind: string; readonly subjects: readonly string[] }) {
  const dismiss = () => attempt(() => post('/api/attention/dismiss', { kind, subjects }), null);
  return (
    <button type="button" class="quiet small" onClick={() => void dismiss()}>
      {text.overview.dismiss}
    </button>
  );
}

/** The part of an item that stays the same while people work on it, so that its dialog stays open. */
function keyOf({ kind, compatible, channel, devices, message }: AttentionJson): string {
  const isOnlyOne = devices !== undefined && kind !== 'silent-poller';
  return JSON.stringify([kind, compatible, channel, isOnlyOne ? null : message]);
}
