import { stateWord } from '../format';
import { Icon, type IconName } from './icon';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** Shape, word and colour say the same, so that nobody needs to see the colour. */
const looks: Readonly<Record<string, readonly [Tone, IconName]>> = {
  offered: ['busy', 'dot'],
  downloading: ['busy', 'down'],
  installed: ['busy', 'clock'],
  stopped: ['warn', 'question'],
  interrupted: ['warn', 'clock'],
  proven: ['good', 'check'],
  'rolled-back': ['bad', 'back'],
  failed: ['bad', 'cross'],
  rejected: ['bad', 'lock'],
  lost: ['warn', 'question'],
  withdrawn: ['idle', 'cross'],
  cancelling: ['warn', 'cross'],
  cancelled: ['idle', 'cross'],
  running: ['busy', 'rollouts'],
  done: ['good', 'check'],
  paused: ['warn', 'pause'],
  aborted: ['bad', 'cross'],
  held: ['warn', 'lock'],
  pinned: ['idle', 'pin'],
  waiting: ['warn', 'clock'],
  trusted: ['good', 'check'],
  unchecked: ['warn', 'question'],
  untrusted: ['bad', 'alert'],
  broken: ['bad', 'cross'],
  'being-checked': ['busy', 'clock'],
  sound: ['good', 'check'],
  mismatch: ['bad', 'alert'],
  'not-checked': ['idle', 'question'],
  valid: ['good', 'check'],
  expiring: ['warn', 'clock'],
  expired: ['bad', 'cross'],
  revoked: ['bad', 'lock'],
  failing: ['bad', 'alert'],
  enabled: ['good', 'check'],
  disabled: ['idle', 'pause'],
};

export function toneOf(state: string): Tone {
  return looks[state]?.[0] ?? 'idle';
}

export function iconOf(state: string): IconName {
  return looks[state]?.[1] ?? 'dot';
}

export function StateBadge({ state, title }: { readonly state: string; readonly title?: string }) {
  const [tone, icon] = looks[state] ?? ['idle', 'dot'];
  return (
    <span class={`badge ${tone}`} title={title}>
      <Icon name={icon} />
      {stateWord(state)}
    </span>
  );
}
