import { z } from 'zod';
import { actionStateOf, isOrphaned } from '../../../core/action-state';
import type { Pin } from '../../../core/device';
import type { Installation } from '../../../core/installation';
import { pinKinds, type PinTerms, termsOf } from '../../../core/pin-terms';
import { type InstallationState, isCancelled } from '../../../core/installation-states';
import { isCircumstance } from '../../../core/reasons/why';

export const actionJson = z.object({
  id: z.number(),
  type: z.enum(['update', 'cancel']),
  status: z.enum(['pending', 'finished']),
  detailStatus: z.string(),
  forceType: z.enum([...pinKinds, 'timeforced']),
  /** Only for `timeforced` actions, in milliseconds since the epoch. */
  forceTime: z.number().optional(),
  maintenanceWindow: z
    .object({ schedule: z.string(), duration: z.string(), timezone: z.string() })
    .optional(),
  createdAt: z.number(),
  lastModifiedAt: z.number(),
});

/** hawkBit's word for each state. */
const detailStatuses: Readonly<Record<InstallationState, string>> = {
  offered: 'running',
  downloading: 'running',
  installed: 'finished',
  stopped: 'running',
  interrupted: 'error',
  proven: 'finished',
  'rolled-back': 'error',
  failed: 'error',
  rejected: 'error',
  lost: 'running',
  withdrawn: 'canceled',
  cancelling: 'canceling',
  cancelled: 'canceled',
};

/**
 * An installation as hawkBit's scripts know it.
 * @param pin the device's present pin: nothing more is known about earlier assignments
 */
export function presentAction(installation: Installation, pin: Pin | null): z.infer<typeof actionJson> {
  const terms = termsOf(pin, installation);
  const isClosed = actionStateOf(installation) === 'closed' || isOrphaned(installation);
  return {
    id: installation.id,
    type: isCancelled(installation) && !hasFinished(installation) ? 'cancel' : 'update',
    status: isClosed ? 'finished' : 'pending',
    detailStatus: detailStatusOf(installation),
    forceType: forceTypeOf(installation, terms),
    ...(terms.forcedAt === undefined ? {} : { forceTime: terms.forcedAt.getTime() }),
    ...(terms.window === null ? {} : { maintenanceWindow: terms.window }),
    createdAt: installation.offeredAt.getTime(),
    lastModifiedAt: installation.updatedAt.getTime(),
  };
}

function detailStatusOf(installation: Installation): string {
  if (wasOnlyDownloaded(installation)) return 'downloaded';
  if (isOrphaned(installation)) return 'error';
  return hasFinished(installation) ? 'finished' : detailStatuses[installation.state];
}

function forceTypeOf(installation: Installation, { kind, forcedAt }: PinTerms) {
  if (wasOnlyDownloaded(installation)) return 'downloadonly';
  return forcedAt === undefined ? kind : 'timeforced';
}

/** Whether it ended with the download, as assigned. */
function wasOnlyDownloaded({ state, message }: Installation): boolean {
  return state === 'withdrawn' && isCircumstance(message) && message.code === 'only-downloaded';
}

/** Whether the device has reported success, even if it was told to stop. */
export function hasFinished({ installedAt, state }: Installation): boolean {
  return installedAt !== null && state === 'cancelling';
}
