import type { Device } from '../../src/core/device';
import type { NewEvent } from '../../src/core/event';
import type { DeviceUpdate } from '../../src/ports/device-updates';
import type { Fleet } from '../../src/ports/fleet';

type Change = Omit<DeviceUpdate<void>, 'answer'>;

/** A contact changes a recently heard device; does not wait for the disk. */
export function changeDevice(fleet: Fleet, id: string, change: Change): void {
  void fleet.update(id, () => ({ answer: undefined, ...change }));
}

/** A device appears; does not wait for the disk. */
export function addDevice(fleet: Fleet, device: Device, events: readonly NewEvent[] = []): Promise<void> {
  return new Promise((resolve) => {
    void fleet.update(device.id, () => {
      resolve();
      return { answer: undefined, device, events };
    });
  });
}

/** Waits until everything reported about a device is on disk. */
export function deviceOnDisk(fleet: Fleet, id: string): Promise<void> {
  return fleet.updateOnDisk(id, () => ({ answer: undefined }));
}

/** Waits as a polling device does: until the data is on disk, or could not be written. */
export function deviceSettled(fleet: Fleet, id: string): Promise<void> {
  return fleet.update(id, () => ({ answer: undefined }));
}
