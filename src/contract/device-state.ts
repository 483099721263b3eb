import { type InstallationState, isUnsettled } from '../core/installation-states';
import type { DeviceJson, SeenCertificateJson } from './device';
import type { InstallationJson } from './installation';
import type { Read } from './reader';
import type { ReleaseJson } from './release';
import type { StateCode } from './state-looks';

/** What an older server reports about a certificate: it does not say whether it is revoked. */
interface SeenCertificate extends Pick<SeenCertificateJson, 'last_seen_at'> {
  readonly revoked_at?: string | null | undefined;
}

type Installation = Read<Pick<InstallationJson, 'bundle' | 'sha256' | 'state' | 'from_version'>>;

/** What is known about a device when its state is determined. */
export interface Standing extends Pick<DeviceJson, 'first_contact_at'> {
  readonly certificates: readonly SeenCertificate[];
  readonly installation: Pick<Installation, 'state'> | null;
}

/** What is needed to tell whether a device runs what it should. */
export interface Running extends Read<
  Pick<DeviceJson, 'compatible' | 'channel' | 'system_version' | 'admission' | 'hold'>
> {
  readonly pin: Pick<NonNullable<DeviceJson['pin']>, 'bundle'> | null;
  readonly installation: Installation | null;
}

type Current = Pick<ReleaseJson, 'compatible' | 'channel' | 'version' | 'sha256'>;

/**
 * The state of a device in one word, or `null` when there is nothing to say. A refused device is never up to date. A device whose
 * latest installation is open has that installation's state. Once the installation has ended, what the device runs says more.
 * @param isUpToDate whether it runs what it should
 */
export function deviceState(
  device: Standing,
  isUpToDate: boolean,
): InstallationState | Extract<StateCode, 'up-to-date' | 'never-heard'> | null {
  const installation = device.installation as { readonly state: InstallationState } | null;
  const isOver = installation === null || !isUnsettled(installation);
  if (isUpToDate && isOver && !isRefused(device)) return 'up-to-date';
  return installation?.state ?? (device.first_contact_at === null ? 'never-heard' : null);
}

/** Whether a device runs what is current for it, as far as lists of devices and releases show. */
export function runsCurrent(device: Running, releases: readonly Current[]): boolean {
  const { installation, pin, hold, admission, system_version: running } = device;
  if (hold !== null || admission === 'waiting') return false;
  const isProven = installation?.state === 'proven';
  if (pin !== null) return isProven && installation.bundle === pin.bundle;
  const release = releases.find(
    ({ compatible, channel }) => compatible === device.compatible && channel === device.channel,
  );
  if (release === undefined || running === null || running !== release.version) return false;
  // A bundle that was rebuilt with the same version is a different one.
  if (isProven) return installation.sha256 === release.sha256;
  return !ranItBefore(installation, release, running);
}

/** Whether the device runs an earlier build with the same version: it tried the current one, but does not run it. */
function ranItBefore(
  installation: Installation | null,
  { sha256 }: Pick<Current, 'sha256'>,
  running: string,
): boolean {
  if (installation === null || installation.state === 'withdrawn') return false;
  return installation.sha256 === sha256 && installation.from_version === running;
}

/** Whether the certificate that it used last is revoked. */
export function isRefused({ certificates }: Pick<Standing, 'certificates'>): boolean {
  const lastSeen = certificates.reduce(
    (latest, one) => (one.last_seen_at > latest ? one.last_seen_at : latest),
    '',
  );
  return (certificates.findLast((one) => one.last_seen_at === lastSeen)?.revoked_at ?? null) !== null;
}
