import type { DeviceIdentity } from '../../core/device';
import type { Reported } from '../../core/device-event';
import type { Installation } from '../../core/installation';
import { judgeReport } from '../../core/report';
import type { DeviceContacts } from './device-contacts';
import type { Fleet } from '../devices/fleet';
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
  readonly fleet: Fleet;
  readonly contacts: DeviceContacts;
  readonly devices: Pick<DeviceRecords, 'saveLog' | 'installations'>;
}

export function createRecordReport({ fleet, contacts, devices }: ReportPorts): RecordReport {
  return async (identity, event) => {
    const { id } = identity;
    const { contact, log } = event;
    const record = contacts.hear(identity, contact, null);
    if (record.isAside) return null;
    const installation = findEarlier(devices, record, event.transactionId) ?? record.installation;
    const isLatest = installation === record.installation;
    const change = isLatest && installation !== null ? judgeReport(installation, event, contact.at) : null;
    if (installation !== null && change !== null) {
      const actor = { name: `device:${id}`, address: contact.address };
      const after = changed(installation, change, { at: contact.at, actor });
      fleet.change(id, { installations: [after.installation], events: after.events });
    }
    await fleet.commit(id);
    if (installation !== null && log !== null && log !== '')
      await devices.saveLog(installation.id, log, contact.at);
    return isLatest ? fleet.get(id).installation : installation;
  };
}

const searchedInstallations = 50;

/** The installation before the latest one that a late or repeated report is about: it says nothing of the latest. */
function findEarlier(
  { installations }: Pick<DeviceRecords, 'installations'>,
  { device, installation: latest }: DeviceRecord,
  transactionId: string | null,
): Installation | undefined {
  if (transactionId === null || latest === null || latest.transactionId === transactionId) return undefined;
  return installations(device.id, searchedInstallations).find(
    (one) => one.id !== latest.id && one.transactionId === transactionId,
  );
}
