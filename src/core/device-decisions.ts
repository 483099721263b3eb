import type { Device } from './device';

/** What people decide about a device. */
export type DeviceDecisions = Pick<Device, 'channel' | 'labels' | 'notes' | 'admission' | 'hold' | 'pin'>;

/** Labels to add and to remove; all others stay. A label in both lists is added. */
export interface LabelChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The changes of one decision. Whatever it omits stays, including changes that others make meanwhile. */
export interface DecisionChange extends Partial<DeviceDecisions> {
  /** Instead of all `labels`. */
  readonly labelChange?: LabelChange;
}

/** @returns the labels with the added ones and without the removed ones, in order */
export function relabel(labels: readonly string[], { added, removed }: LabelChange): readonly string[] {
  return [...new Set([...labels.filter((label) => !removed.includes(label)), ...added])].sort();
}

/** @returns a device's values, after a decision, of the fields that the decision changes */
export function decided(
  { labels }: Pick<Device, 'labels'>,
  change: DecisionChange,
): Partial<DeviceDecisions> {
  const { labelChange, ...decisions } = change;
  return labelChange === undefined ? decisions : { ...decisions, labels: relabel(labels, labelChange) };
}
