import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';
import { type Excess, sumOf } from './over-budget';

const maxExcesses = 20;

/** Clients that exceeded the budget of one device. @param overBudget the most frequent first */
export function ofOverBudget(overBudget: readonly Excess[]): readonly AttentionItem[] {
  return overBudget.slice(0, maxExcesses).map(ofExcess);
}

function ofExcess({ holder, times }: Excess): AttentionItem {
  const excess = { times: sumOf(times), budgets: [...times.keys()] };
  const kind = 'over-budget';
  if ('address' in holder) {
    const { address } = holder;
    return { kind, count: 1, reason: attentionReason('address-over-budget', { address, ...excess }) };
  }
  const { deviceId } = holder;
  return { kind, count: 1, deviceId, reason: attentionReason('device-over-budget', { deviceId, ...excess }) };
}
