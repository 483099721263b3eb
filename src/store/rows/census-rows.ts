import type { Selectable } from 'kysely';
import type { SharedCertificate } from '../../ports/fleet-counts';
import { toBoards } from './boards-json';
import type { DeviceTable } from './schema';

/** No one looks through more labels. */
export const maxLabels = 1_000;

type Device = Selectable<DeviceTable>;

/** What devices are counted by. */
export const censusColumns = ['compatible', 'channel', 'system_version', 'installation_state'] as const;

/** Counts of devices with the same compatible, channel, version and state. */
export function toCensus({
  compatible,
  channel,
  system_version: systemVersion,
  installation_state: installationState,
  devices,
}: Pick<Device, (typeof censusColumns)[number]> & { readonly devices: number }) {
  return { compatible, channel, systemVersion, installationState, devices };
}

/** Certificates that two boards share; none for a device that has shown only one board. */
export function toSharedCertificates({
  id,
  boards,
}: Pick<Device, 'id' | 'boards'>): readonly SharedCertificate[] {
  const { second } = toBoards(boards);
  return second === null ? [] : [{ deviceId: id, own: second.own, other: second.other }];
}
