import { actionStateOf } from '../../core/action-state';
import type { Contact } from '../../core/contact';
import type { DeviceIdentity, Pin } from '../../core/device';
import type { Reported } from '../../core/device-event';
import type { Installation } from '../../core/installation';
import { judgeReport } from '../../core/report';
import type { DeviceContacts } from './device-contacts';
import type { Fleet } from '../../ports/fleet';
import type { DeviceRecords } from '../../ports/devices';
import { changed } from '../devices/installation-events';
import { planUnpin } from '../devices/plan-decisions';

/**
 * Takes a report from a device; reports may arrive in any order, and repeatedly. It is on disk when the promise resolves.
 * @param event its log is at most {@link reportLogLimitBytes} long
 * @returns the installation concerned; `null` if there is none, or if the one that the report names by its number is closed
 * @throws DomainError `storage-full`, `unavailable`: then the device reports again
 */
export type RecordReport = (identity: DeviceIdentity, event: Reported) => Promise<Installation | null>;

export const reportLogLimitBytes = 64 << 10;

export interface ReportPorts {
  readonly fleet: Pick<Fleet, 'recent' | 'find' | 'decisions'>;
  readonly contacts: DeviceContacts;
  readonly devices: Pick<DeviceRecords, 'saveLog' | 'appendLog' | 'installations'>;
}

export function createRecordReport({ fleet, contacts, devices }: ReportPorts): RecordReport {
  /**
   * A bundle that should only be downloaded is on the device. If a kill prevents the unpinning, the device downloads it once
   * more.
   */
  async function unpin({ deviceId, bundleName }: Installation, { at, address }: Contact): Promise<void> {
    // Someone may have pinned it under other terms meanwhile.
    const isMeant = (pin: Pin) => pin.bundleName === bundleName && pin.terms?.kind === 'downloadonly';
    const actor = { name: `device:${deviceId}`, address };
    const { change, tell } = planUnpin(isMeant, actor, at);
    await fleet.decisions.decide(deviceId, change, tell);
  }

  return async (identity, event) => {
    const { id } = identity;
    const { contact, log } = event;
    const { transactionId, installationId, moreLog = '' } = event;
    // This waits for nothing if the device was heard recently, so its report counts for every later poll.
    const known =
      transactionId === null ? null : ((fleet.recent(id) ?? (await fleet.find(id)))?.installation ?? null);
    const isEarlier = known !== null && known.transactionId !== transactionId;
    const named =
      isEarlier && transactionId !== null ? await findEarlier(devices, known, transactionId) : known;
    const installation = await contacts.hearOnDisk(identity, contact, ({ isDoubtful, ...record }, draft) => {
      if (isDoubtful) return null;
      const latest = record.installation;
      // Another report may have closed it since it was found.
      if (
        installationId !== undefined &&
        (installationId !== latest?.id || actionStateOf(latest) === 'closed')
      )
        return null;
      // The report says nothing about the latest installation, which may have begun since.
      if (transactionId !== null && named !== null && named.id !== latest?.id) return named;
      const change = latest === null ? null : judgeReport(latest, event, contact.at);
      if (latest === null || change === null) return latest;
      const actor = { name: `device:${id}`, address: contact.address };
      const after = changed(latest, change, { at: contact.at, actor });
      draft.change(after.installation, after.events);
      return after.installation;
    });
    if (installation !== null && event.kind === 'ended' && event.outcome === 'downloaded')
      await unpin(installation, contact);
    if (installation !== null && log !== null && log !== '')
      await devices.saveLog(installation.id, log, contact.at);
    if (installation !== null && moreLog !== '')
      await devices.appendLog(installation.id, moreLog, contact.at);
    return installation;
  };
}

const searchedInstallations = 50;

/** Finds the earlier installation that a late or repeated report is about; `null` if there is none. */
async function findEarlier(
  { installations }: Pick<DeviceRecords, 'installations'>,
  latest: Installation,
  transactionId: string,
): Promise<Installation | null> {
  const kept = await installations(latest.deviceId, searchedInstallations);
  return kept.find((one) => one.id !== latest.id && one.transactionId === transactionId) ?? null;
}
