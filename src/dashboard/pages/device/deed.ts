import { patch, post } from '../../api/client';
import type { DeviceJson } from '../../../contract/device';
import { linkTo } from '../../location';
import { tell, tellFailure } from '../../parts/notices';
import { text } from '../../texts';
import { undoOf, type BulkAction } from '../devices/actions';

/** The device of a page, and how the page learns about changes. */
export interface Subject {
  readonly device: DeviceJson;
  readonly onChange: (device: DeviceJson) => void;
}

export type DeviceVerb = BulkAction['verb'] | 'cancel' | 'notes';

/** Applies one action to a device. @throws Failure */
export function change(id: string, verb: DeviceVerb, value = ''): Promise<DeviceJson> {
  const path = linkTo('api', 'devices', id);
  switch (verb) {
    case 'channel':
    case 'notes':
      return patch(path, { [verb]: value });
    case 'add-label':
      return patch(path, { add_labels: [value] });
    case 'remove-label':
      return patch(path, { remove_labels: [value] });
    case 'hold':
      return post(`${path}/hold`, { reason: value });
    case 'pin':
      return post(`${path}/pin`, { bundle: value });
    default:
      return post(`${path}/${verb}`);
  }
}

/** Applies the action, shows the changed device, confirms it, and offers to undo it if possible. @throws Failure */
export async function carryOut(
  { device, onChange }: Subject,
  verb: DeviceVerb,
  done: string,
  value?: string,
): Promise<void> {
  onChange(await change(device.id, verb, value));
  const undo = undoesOf(device, verb, value);
  tell(
    done,
    undo === null
      ? null
      : () => {
          Promise.all(undo.map((one) => change(device.id, one.verb, one.value)))
            .then(([after]) => {
              if (after !== undefined) onChange(after);
              tell(text.devices.one.done.undone);
            })
            .catch(tellFailure);
        },
  );
}

/** The same, for a button that asks nothing: a failure is shown. */
export function carryOutNow(subject: Subject, verb: DeviceVerb, done: string, value?: string): void {
  carryOut(subject, verb, done, value).catch(tellFailure);
}

interface Undo {
  readonly verb: DeviceVerb;
  readonly value?: string;
}

function undoesOf(device: DeviceJson, verb: DeviceVerb, value: string | undefined): readonly Undo[] | null {
  if (verb === 'cancel') return null;
  if (verb === 'notes') return [{ verb, value: device.notes }];
  return undoOf(verb, value, [device]);
}
