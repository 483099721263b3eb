import { circumstance } from '../../core/circumstances/catalogue';
import { theServer } from '../../core/event';
import { endingAs, isOpen } from '../../core/installation-states';
import type { Clock } from '../../ports/clock';
import type { DeviceUpdate } from '../../ports/device-updates';
import type { DeviceRecord } from '../../core/device-record';
import type { DeviceRecords } from '../../ports/devices';
import type { UpTime } from '../clock/up-time';
import type { Fleet } from '../../ports/fleet';
import { changed } from './installation-events';

export interface FindLostPorts {
  readonly fleet: Pick<Fleet, 'update'>;
  readonly devices: Pick<DeviceRecords, 'silentIn'>;
  readonly upTime: Pick<UpTime, 'timesOfLast'>;
  /** After this long without a contact while the server was up, an installation counts as lost; in milliseconds. */
  readonly lostAfterMs: number;
  readonly now: Clock;
}

/** Ends installations of devices that went silent. @returns whether there may be more */
export type FindLost = () => Promise<boolean>;

/** Batch size: changing the option may affect many. */
const lostAtOnce = 200;

export function createFindLost({ fleet, devices, upTime, lostAfterMs, now }: FindLostPorts): FindLost {
  return async () => {
    // No device could be heard while the server was off, and setting the clock makes no device silent.
    const times = upTime.timesOfLast(lostAfterMs);
    if (times === null) return false;
    const silent = await devices.silentIn(times, lostAtOnce);
    await Promise.all(silent.map((id) => fleet.update(id, ({ record }) => markAsLost(record, now()))));
    return silent.length === lostAtOnce;
  };
}

function markAsLost(record: DeviceRecord | undefined, at: Date): DeviceUpdate<void> {
  const installation = record?.installation ?? null;
  if (installation === null || !isOpen(installation)) return { answer: undefined };
  // A cancelled installation must not continue when the device comes back.
  const state = endingAs(installation, 'lost');
  const message = circumstance('installation-silent');
  const lost = changed(installation, { state, message }, { at, actor: theServer });
  return { answer: undefined, installations: [lost.installation], events: lost.events };
}
