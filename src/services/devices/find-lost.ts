import { theServer } from '../../core/event';
import { endingAs, isOpen } from '../../core/installation-states';
import type { Clock } from '../../ports/clock';
import type { DeviceRecords } from '../../ports/devices';
import type { UpTime } from '../clock/up-time';
import type { Fleet } from './fleet';
import { changed } from './installation-events';

export interface FindLostPorts {
  readonly fleet: Pick<Fleet, 'find' | 'change'>;
  readonly devices: Pick<DeviceRecords, 'silentIn'>;
  readonly upTime: Pick<UpTime, 'timesOfLast'>;
  /** After so long without a contact, in which the server was up, an installation counts as lost; in milliseconds. */
  readonly lostAfterMs: number;
  readonly now: Clock;
}

/** Ends installations of devices that went silent. @returns whether there may be more of them */
export type FindLost = () => Promise<boolean>;

/** So many at a time: a change of the option may make many. */
const lostAtOnce = 200;

export function createFindLost({ fleet, devices, upTime, lostAfterMs, now }: FindLostPorts): FindLost {
  return async () => {
    // Nobody could be heard while the server was off, and a clock that is set makes nobody silent.
    const times = upTime.timesOfLast(lostAfterMs);
    if (times === null) return false;
    const silent = await devices.silentIn(times, lostAtOnce);
    for (const id of silent) {
      const installation = fleet.find(id)?.installation ?? null;
      if (installation === null || !isOpen(installation)) continue;
      // What a person called off must not go on when the device comes back.
      const state = endingAs(installation, 'lost');
      const message = 'the device has not been heard of';
      const lost = changed(installation, { state, message }, { at: now(), actor: theServer });
      fleet.change(id, { installations: [lost.installation], events: lost.events });
    }
    return silent.length === lostAtOnce;
  };
}
