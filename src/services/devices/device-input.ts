import { type Device, maxLabels, parseChannel, parseLabel, tooManyLabels } from '../../core/device';
import { type DecisionChange, relabel } from '../../core/device-decisions';
import { DomainError } from '../../core/errors';
import type { TextField } from '../../core/reasons/device';

/** Settings of a device. */
export interface DeviceInput {
  readonly channel?: string;
  /** Replaces its labels. */
  readonly labels?: readonly string[];
  readonly notes?: string;
}

/** A change to a device's settings; omitted fields stay. */
export interface DeviceChange extends DeviceInput {
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
}

/** Whether a change is empty. */
export function isNothing({ addLabels = [], removeLabels = [], ...input }: DeviceChange): boolean {
  return addLabels.length === 0 && removeLabels.length === 0 && Object.keys(parseInput(input)).length === 0;
}

const notesMaxLength = 2_000;

/** @throws DomainError `invalid-input` */
export function parseInput({ channel, labels, notes }: DeviceInput): DeviceInput {
  return {
    ...(channel === undefined ? {} : { channel: parseChannel(channel) }),
    ...(labels === undefined ? {} : { labels: parseLabels(labels) }),
    ...(notes === undefined ? {} : { notes: parseText(notes, notesMaxLength, 'notes') }),
  };
}

/**
 * @returns applies a change to a device's decisions; it adds or removes each label independently of the others
 * @throws DomainError `invalid-input`
 */
export function planChange({
  addLabels = [],
  removeLabels = [],
  ...input
}: DeviceChange): (device: Device) => DecisionChange {
  const wanted = parseInput(input);
  const added = parseLabels(addLabels);
  if (added.length === 0 && removeLabels.length === 0) return () => wanted;
  const labelChange = { added, removed: removeLabels };
  if (wanted.labels !== undefined) {
    const labels = parseLabels(relabel(wanted.labels, labelChange));
    return () => ({ ...wanted, labels });
  }
  return ({ labels }) => {
    parseLabels(relabel(labels, labelChange));
    return { ...wanted, labelChange };
  };
}

function parseLabels(labels: readonly string[]): readonly string[] {
  const parsed = [...new Set(labels.map(parseLabel))].sort();
  if (parsed.length > maxLabels) throw tooManyLabels();
  return parsed;
}

/** @throws DomainError `invalid-input` */
export function parseText(text: string, maxLength: number, field: TextField): string {
  if (text.length > maxLength) throw DomainError.of('text-too-long', { field, maxLength });
  return text.trim();
}
