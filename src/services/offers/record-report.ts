import type { DeviceIdentity } from '../../core/device';
import type { Reported } from '../../core/device-event';
import type { Installation } from '../../core/installation';
import { judgeReport } from '../../core/report';
import type { DeviceContacts } from './device-contacts';
import type { DeviceUpdates } from '../../ports/device-updates';
import type { DeviceRecord, DeviceRecords } from '../../ports/devices';
import { changed } from '../devices/installation-events';

/**
 * Takes what a device reports, in any order and as often as it comes. It is on disk when the promise resolves.
 * @param event its log is at most {@link reportLogLimitBytes} long
 * @returns the installation that it is about; `null` when there is none
 * @throws DomainError `storage-full`, `unavailable`: then the device reports again
 */
export type RecordReport = (identity: DeviceIdentity, event: Reported) => Promise<Installation | null>;

export const reportLogLimitBytes = 64 << 10;

export interface ReportPorts {
  readonly fleet: Pick<DeviceUpdates, 'find'>;
  readonly contacts: DeviceContacts;
  readonly devices: Pick<DeviceRecords, 'saveLog' | 'installations'>;
}

export function createRecordReport({ fleet, contacts, devices }: ReportPorts): RecordReport {
  return async (identity, event) => {
    const { id } = identity;
    const { contact, log } = event;
    const earlier = findEarlier(devices, fleet.find(id), event.transactionId);
    const installation = await contacts.hearOnDisk(identity, contact, ({ isAside, ...record }, draft) => {
      if (isAside) return null;
      const latest = record.installation;
      // It says nothing of the latest.
      if (earlier !== undefined && earlier.id !== latest?.id) return earlier;
      const change = latest === null ? null : judgeReport(latest, event, contact.at);
      if (latest === null || change === null) return latest;
      const actor = { name: `device:${id}`, address: contact.address };
      const after = changed(latest, change, { at: contact.at, actor });
      draft.change(after.installation, after.events);
      return after.installation;
    });
    if (installation !== null && log !== null && log !== '')
      await devices.saveLog(installation.id, log, contact.at);
    return installation;
  };
}

const searchedInstallations = 50;

/** The installation before the latest one that a late or repeated report is about. */
function findEarlier(
  { installations }: Pick<DeviceRecords, 'installations'>,
  record: DeviceRecord | undefined,
  transactionId: string | null,
): Installation | undefined {
  const latest = record?.installation ?? null;
  if (record === undefined || latest === null) return undefined;
  if (transactionId === null || latest.transactionId === transactionId) return undefined;
  return installations(record.device.id, searchedInstallations).find(
    (one) => one.id !== latest.id && one.transactionId === transactionId,
  );
}
