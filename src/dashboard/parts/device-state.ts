import { failedStates } from '../../core/installation-states';
import type { DeviceJson } from '../../contract/device';
import type { InstallationJson } from '../../contract/installation';
import type { ReleaseJson } from '../../contract/release';
import type { StateCode } from '../../contract/state-looks';

type Standing = Pick<DeviceJson, 'installation' | 'first_contact_at'>;

/**
 * The state of a device in one badge; `null` when there is nothing to say. How its latest installation goes comes first, as
 * far as that is still of interest.
 * @param isUpToDate whether it runs what it should
 */
export function deviceState({ installation, first_contact_at: heardAt }: Standing, isUpToDate: boolean) {
  const state: StateCode | null = installation?.state ?? (heardAt === null ? 'never-heard' : null);
  const isSettled =
    installation === null || installation.state === 'proven' || installation.state === 'withdrawn';
  return isUpToDate && isSettled ? 'up-to-date' : state;
}

/** Whether a device runs what is current for it, as far as a list of devices and releases tells. */
export function runsCurrent(device: DeviceJson, releases: readonly ReleaseJson[]): boolean {
  const { installation, pin, hold, admission, system_version: running } = device;
  if (hold !== null || admission === 'waiting') return false;
  const isProven = installation?.state === 'proven';
  if (pin !== null) return isProven && installation.bundle === pin.bundle;
  const release = releases.find(
    ({ compatible, channel }) => compatible === device.compatible && channel === device.channel,
  );
  if (release === undefined || running === null || running !== release.version) return false;
  // A bundle that was built again under its version is another one.
  return !isProven || installation.sha256 === release.sha256;
}

/** Whether the certificate that it used last is revoked. */
export function isRefused({ certificates }: Pick<DeviceJson, 'certificates'>): boolean {
  const lastSeen = certificates.reduce(
    (latest, one) => (one.last_seen_at > latest ? one.last_seen_at : latest),
    '',
  );
  return (certificates.findLast((one) => one.last_seen_at === lastSeen)?.revoked_at ?? null) !== null;
}

/** Whether the bundle may not be offered to the device again until a person clears it. */
export function isToClear({ state, cleared_at: clearedAt }: InstallationJson): boolean {
  const clearable: readonly string[] = [...failedStates, 'cancelled', 'interrupted'];
  return clearedAt === null && clearable.includes(state);
}
