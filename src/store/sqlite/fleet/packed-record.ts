import { ValuePacker } from '../../../base/bytes/pack-values';
import { unpackValues } from '../../../base/bytes/unpack-values';
import type { DeviceRecord } from '../../../core/device-record';
import { packDevice, unpackDevice } from './packed-device';
import { packInstallation, unpackInstallation } from './packed-installation';
import type { Packed } from './packed-values';

const packer = new ValuePacker();

/**
 * A record as bytes: they take a fraction of the memory of its objects, and give the garbage collector nothing to
 * track. They are the values in a fixed order, without their names and without the device's id.
 *
 * @returns bytes to copy before the next record is packed
 */
export function packRecord(record: DeviceRecord): Buffer {
  return packer.pack(toValues(record));
}

/** @param packed by {@link packRecord} */
export function unpackRecord(id: string, packed: Buffer): DeviceRecord {
  const [device, installation, failures, interruptions] = unpackValues(packed) as Packed<typeof toValues>;
  return {
    device: unpackDevice(id, device),
    installation: installation === null ? null : unpackInstallation(id, installation),
    failures: unpackCounts(failures),
    interruptions: unpackCounts(interruptions),
  };
}

function toValues({ device, installation, failures, interruptions }: DeviceRecord) {
  return [
    packDevice(device),
    installation === null ? null : packInstallation(installation),
    packCounts(failures),
    packCounts(interruptions),
  ] as const;
}

/** Most devices have none. */
function packCounts(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] | null {
  return counts.size === 0 ? null : [...counts];
}

function unpackCounts(packed: readonly (readonly [string, number])[] | null): ReadonlyMap<string, number> {
  return packed === null ? none : new Map(packed);
}

const none: ReadonlyMap<string, number> = new Map();
