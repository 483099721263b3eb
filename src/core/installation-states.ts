/**
 * The progress of one device's attempt at one bundle:
 * - `offered`: the device was told about the bundle
 * - `downloading`: it asks for the payload
 * - `installed`: it reports that the bundle is written, and has not booted into it yet
 * - `stopped`: the download stopped and the outcome is unknown: it failed, or the device is waiting for its reboot
 * - `interrupted`: the device booted before it had read the payload, which says nothing about the bundle
 * - `proven`: after a new boot it runs the bundle's version
 * - `rolled-back`: after a new boot it runs its previous version
 * - `failed`: it reports a failure
 * - `rejected`: the device read the signature and did not accept the bundle
 * - `lost`: it has been silent for long; a contact takes the attempt up again
 * - `withdrawn`: the offer lapsed or was replaced before the device began, which says nothing about the bundle
 * - `cancelling`, `cancelled`: the attempt was cancelled; the device has not confirmed that yet, or has
 */
export const installationStates = [
  'offered',
  'downloading',
  'installed',
  'stopped',
  'interrupted',
  'proven',
  'rolled-back',
  'failed',
  'rejected',
  'lost',
  'withdrawn',
  'cancelling',
  'cancelled',
] as const;

export type InstallationState = (typeof installationStates)[number];

type InState = { readonly state: InstallationState };

/** The device has begun and may still ask for the bundle, because no one cancelled it. */
export const underWayStates = ['downloading', 'installed'] as const;
/** The device has begun and is expected to continue: it occupies a place of its release. */
export const startedStates = [...underWayStates, 'cancelling'] as const;
/** The device must act next. At most one installation of a device is open. */
export const openStates = ['offered', ...startedStates] as const;
/** It is open, or may be resumed although nothing is expected of the device. */
export const unsettledStates = [...openStates, 'stopped', 'lost'] as const;
/** A person may cancel it. */
export const cancellableStates = ['offered', ...underWayStates, 'stopped', 'lost'] as const;
/** A person cancelled it. */
export const cancelledStates = ['cancelling', 'cancelled'] as const;
/** It counts against its bundle and towards the pause of its release. */
export const failedStates = ['failed', 'rolled-back', 'rejected'] as const;
/** It has ended or stalled, and someone should look at the device. */
export const troubledStates = [...failedStates, 'lost', 'interrupted'] as const;
export type TroubledState = (typeof troubledStates)[number];
/** The bundle is on the device. */
export const writtenStates = ['installed', 'proven'] as const;
/** The device has reported or shown how its installation went. */
export const toldStates = [...writtenStates, ...failedStates] as const;
/** The system that the device ran after a boot decided the state. */
export const decidedByBootStates = ['proven', 'rolled-back', 'interrupted'] as const;
/** It has not begun, or was withdrawn. The device's earlier attempt at the same release says more, and counts instead. */
export const mutedStates = ['offered', 'withdrawn'] as const;

function isOneOf(states: readonly InstallationState[], { state }: InState): boolean {
  return states.includes(state);
}

/** Whether the device has begun and is expected to continue: {@link startedStates}. */
export function isStarted(installation: InState): boolean {
  return isOneOf(startedStates, installation);
}

/** Whether the device must act next: {@link openStates}. */
export function isOpen(installation: InState): boolean {
  return isOneOf(openStates, installation);
}

/** Whether a contact can still change it: {@link unsettledStates}. */
export function isUnsettled(installation: InState): boolean {
  return isOneOf(unsettledStates, installation);
}

/** Whether a person may cancel it: {@link cancellableStates}. */
export function isCancellable(installation: InState): boolean {
  return isOneOf(cancellableStates, installation);
}

/** Whether a person cancelled it: {@link cancelledStates}. */
export function isCancelled(installation: InState): boolean {
  return isOneOf(cancelledStates, installation);
}

/** Whether it counts against its bundle: {@link failedStates}. */
export function isFailure(installation: InState): boolean {
  return isOneOf(failedStates, installation);
}

/** Whether the bundle is on the device: {@link writtenStates}. */
export function isWritten(installation: InState): boolean {
  return isOneOf(writtenStates, installation);
}

/** Whether a boot decided it: {@link decidedByBootStates}. */
export function isDecidedByBoot(installation: InState): boolean {
  return isOneOf(decidedByBootStates, installation);
}

/** Whether it has not begun, or was withdrawn: {@link mutedStates}. */
export function isMuted(installation: InState): boolean {
  return isOneOf(mutedStates, installation);
}

/** How it ends: `cancelled` if a person cancelled it, whatever its state would be otherwise. */
export function endingAs<State extends InstallationState>(
  { state }: InState,
  end: State,
): State | 'cancelled' {
  return state === 'cancelling' ? 'cancelled' : end;
}
