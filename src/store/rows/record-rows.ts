import type { Selectable } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import { failedStates, type InstallationState } from '../../core/installation-states';
import { type DeviceRow, toDevice, toInstallation } from './device-rows';
import type { InstallationTable } from './schema';

type Counted = readonly [sha256: string, state: InstallationState, count: number];

/** A device's row with what other tables say about it, as JSON lists. */
export interface RecordRow extends DeviceRow {
  readonly labels: string;
  /** Each item is a list: serial number, first seen, last seen. */
  readonly certificates: string;
  /** Each item is a list: hash of a bundle, state, number of installations that are not cleared. */
  readonly counted: string;
}

const interruptedStates: readonly InstallationState[] = ['interrupted'];
/** Installations in these states count for the next offer. */
export const countedStates: readonly InstallationState[] = [...failedStates, ...interruptedStates];

/** @param latest its latest installation */
export function toRecord(row: RecordRow, latest: Selectable<InstallationTable> | undefined): DeviceRecord {
  const certificates = JSON.parse(row.certificates) as readonly (readonly [string, string, string])[];
  const counted = JSON.parse(row.counted) as readonly Counted[];
  return {
    device: toDevice(
      row,
      JSON.parse(row.labels) as string[],
      certificates.map(([serial, firstSeenAt, lastSeenAt]) => ({
        serial,
        firstSeenAt: new Date(firstSeenAt),
        lastSeenAt: new Date(lastSeenAt),
      })),
    ),
    installation: latest === undefined ? null : toInstallation(latest),
    failures: countOf(counted, failedStates),
    interruptions: countOf(counted, interruptedStates),
  };
}

/** By the bundle's hash. */
function countOf(counted: readonly Counted[], states: readonly InstallationState[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [sha256, state, count] of counted)
    if (states.includes(state)) counts.set(sha256, (counts.get(sha256) ?? 0) + count);
  return counts;
}
