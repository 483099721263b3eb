import type { Budget } from '../../core/budget';
import type { AttentionItem } from './attention-item';
import { counted } from './attention-words';
import { type Excess, sumOf } from './over-budget';

const maxExcesses = 20;

/** Who went beyond what one device may use. @param overBudget the most frequent first */
export function ofOverBudget(overBudget: readonly Excess[]): readonly AttentionItem[] {
  return overBudget.slice(0, maxExcesses).map(ofExcess);
}

const excessWords: Readonly<Record<Budget, string>> = {
  memory: 'answers that it does not read',
  resets: 'requests that it cancels at once',
  connections: 'connections at a time',
  handshakes: 'TLS handshakes',
  requests: 'requests a minute',
  journal: 'lines of the journal an hour',
};

function ofExcess({ holder, times }: Excess): AttentionItem {
  const words = [...times.keys()].map((budget) => excessWords[budget]).join(', ');
  const what = `more than a device may use, refused ${counted(sumOf(times), 'time')} lately: ${words}`;
  if ('address' in holder) {
    const message =
      `${holder.address} asks for ${what}. If it is a proxy for devices, add it to TRUSTED_PROXIES; ` +
      'otherwise find out what it is, or block it in the firewall.';
    return { kind: 'over-budget', count: 1, message };
  }
  const { deviceId } = holder;
  const message =
    `${deviceId} asks for ${what}. Check what is running there; ` +
    `if you cannot find out, revoke its certificate: rauc-simple-server cert revoke ${deviceId}`;
  return { kind: 'over-budget', count: 1, deviceId, message };
}
