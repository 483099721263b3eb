import type { BulkResultJson } from '../../../contract/device-action';
import { asFailure, type Failure, failedWords, post } from '../../api/client';
import type { DeviceJson } from '../../../contract/device';
import { text } from '../../texts';

export type Verb =
  'admit' | 'hold' | 'unhold' | 'pin' | 'unpin' | 'clear' | 'channel' | 'add-label' | 'remove-label';

/** One verb for many devices. */
export interface BulkAction {
  readonly verb: Verb;
  readonly ids: readonly string[];
  /** The reason for a hold, the bundle of a pin, the channel or the label. */
  readonly value?: string;
}

export interface BulkOutcome {
  readonly done: readonly string[];
  readonly failed: readonly Pick<BulkResultJson['failed'][number], 'id' | 'message'>[];
  /** Never sent, because the action ended before. */
  readonly notTried: readonly string[];
}

/** How many devices at a time, so that progress is visible. */
const atOnce = 200;

/**
 * Applies one action to many devices; each succeeds or fails on its own.
 * @throws Failure of the first request: nothing is then known to have been done. A later failure ends the action, and
 * the result says what was not tried
 */
export async function actOnDevices(
  { verb, ids, value }: BulkAction,
  onProgress: (count: number) => void = () => undefined,
): Promise<BulkOutcome> {
  const done: string[] = [];
  const failed: BulkOutcome['failed'][number][] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const part = ids.slice(from, from + atOnce);
    try {
      const outcome = await post<BulkResultJson>('/api/devices/actions', {
        action: verb,
        ids: part,
        ...(value === undefined ? {} : { value }),
      });
      done.push(...outcome.done);
      failed.push(...outcome.failed.map((one) => ({ id: one.id, message: failedWords(one) })));
    } catch (error) {
      const failure: Failure = asFailure(error);
      if (from === 0) throw failure;
      const message = failure.status === 0 ? text.devices.answerLost(failure.message) : failure.message;
      failed.push(...part.map((id) => ({ id, message })));
      return { done, failed, notTried: ids.slice(from + part.length) };
    }
    onProgress(from + part.length);
  }
  return { done, failed, notTried: [] };
}

/** The actions that restore devices to their previous state; `null` for what cannot be undone, or changed nothing. */
export function undoOf(
  verb: Verb,
  value: string | undefined,
  before: readonly DeviceJson[],
): readonly BulkAction[] | null {
  switch (verb) {
    case 'hold':
    case 'unhold':
      return group(before, ({ hold }) => (hold === null ? ['unhold'] : ['hold', hold.reason]));
    case 'pin':
    case 'unpin':
      return group(before, ({ pin }) => (pin === null ? ['unpin'] : ['pin', pin.bundle]));
    case 'channel':
      return group(before, ({ channel }) => ['channel', channel]);
    case 'add-label':
      return group(
        before.filter(({ labels }) => !labels.includes(value ?? '')),
        () => ['remove-label', value],
      );
    case 'remove-label':
      return group(
        before.filter(({ labels }) => labels.includes(value ?? '')),
        () => ['add-label', value],
      );
    case 'admit':
    case 'clear':
      return null;
  }
}

function group(
  devices: readonly DeviceJson[],
  actionOf: (device: DeviceJson) => readonly [verb: Verb, value?: string | undefined],
): readonly BulkAction[] | null {
  const groups = new Map<string, { verb: Verb; value?: string; ids: string[] }>();
  for (const device of devices) {
    const [verb, value] = actionOf(device);
    const key = `${verb} ${value ?? ''}`;
    const found = groups.get(key) ?? { verb, ids: [], ...(value === undefined ? {} : { value }) };
    found.ids.push(device.id);
    groups.set(key, found);
  }
  return groups.size === 0 ? null : [...groups.values()];
}
