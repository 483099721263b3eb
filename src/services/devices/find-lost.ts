import { theServer } from '../../core/event';
import { endingAs, isOpen } from '../../core/installation-states';
import type { Clock } from '../../ports/clock';
import type { DeviceUpdate } from '../../ports/device-updates';
import type { DeviceRecord, DeviceRecords } from '../../ports/devices';
import type { Fleet } from './fleet';
import { changed } from './installation-events';

export interface FindLostPorts {
  readonly fleet: Pick<Fleet, 'update'>;
  readonly devices: Pick<DeviceRecords, 'silentSince'>;
  /** After so long without a contact an installation counts as lost, in milliseconds. */
  readonly lostAfterMs: number;
  readonly now: Clock;
}

/** Ends installations of devices that went silent. @returns whether there may be more of them */
export type FindLost = () => Promise<boolean>;

/** So many at a time, so that a clock that was set forward does not stop everything. */
const lostAtOnce = 200;

export function createFindLost({ fleet, devices, lostAfterMs, now }: FindLostPorts): FindLost {
  return async () => {
    const at = now();
    const silent = devices.silentSince(new Date(at.getTime() - lostAfterMs), lostAtOnce);
    await Promise.all(silent.map((id) => fleet.update(id, ({ record }) => takeForLost(record, at))));
    return silent.length === lostAtOnce;
  };
}

function takeForLost(record: DeviceRecord | undefined, at: Date): DeviceUpdate<void> {
  const installation = record?.installation ?? null;
  if (installation === null || !isOpen(installation)) return { answer: undefined };
  // What a person called off must not go on when the device comes back.
  const state = endingAs(installation, 'lost');
  const message = 'the device has not been heard of';
  const lost = changed(installation, { state, message }, { at, actor: theServer });
  return { answer: undefined, installations: [lost.installation], events: lost.events };
}
