import { z } from 'zod';
import { actionStateOf } from '../../../core/action-state';
import type { Installation } from '../../../core/installation';
import { type InstallationState, isCancelled } from '../../../core/installation-states';

export const actionJson = z.object({
  id: z.number(),
  type: z.enum(['update', 'cancel']),
  status: z.enum(['pending', 'finished']),
  detailStatus: z.string(),
  forceType: z.literal('forced'),
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

/** An installation as hawkBit's scripts know it. */
export function presentAction(installation: Installation): z.infer<typeof actionJson> {
  const isClosed = actionStateOf(installation) === 'closed';
  return {
    id: installation.id,
    type: isCancelled(installation) && !hasFinished(installation) ? 'cancel' : 'update',
    status: isClosed ? 'finished' : 'pending',
    detailStatus: hasFinished(installation) ? 'finished' : detailStatuses[installation.state],
    forceType: 'forced',
    createdAt: installation.offeredAt.getTime(),
    lastModifiedAt: installation.updatedAt.getTime(),
  };
}

/** The device has reported success, even if it was told to stop. */
export function hasFinished({ installedAt, state }: Installation): boolean {
  return installedAt !== null && state === 'cancelling';
}
