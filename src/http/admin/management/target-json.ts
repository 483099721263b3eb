import { z } from 'zod';
import { isOrphaned } from '../../../core/action-state';
import type { HawkbitSettings } from '../../../core/hawkbit-settings';
import type { Installation } from '../../../core/installation';
import { isFailure, isUnsettled, isWritten } from '../../../core/installation-states';
import type { ListedDevice } from '../../../ports/fleet-queries';

export const targetJson = z.object({
  controllerId: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: z.number(),
  updateStatus: z.enum(['unknown', 'registered', 'pending', 'in_sync', 'error']),
  lastControllerRequestAt: z.number().optional(),
  installedAt: z.number().optional(),
  ipAddress: z.string().optional(),
  requestAttributes: z.boolean(),
  pollStatus: z
    .object({ lastRequestAt: z.number(), nextExpectedRequestAt: z.number(), overdue: z.boolean() })
    .optional(),
  securityToken: z.string().optional(),
});

/** What the state of a target depends on. */
export interface TargetTerms {
  readonly settings: HawkbitSettings;
  /** How often devices poll unless a script has configured it, in milliseconds. */
  readonly pollIntervalMs: number;
  readonly now: Date;
}

/** A device as hawkBit's scripts know it. @param securityToken only for callers who may see it */
export function presentTarget(
  { device, installation }: ListedDevice,
  securityToken: string | undefined,
  terms: TargetTerms,
): z.infer<typeof targetJson> {
  const { id, notes, createdAt, lastContactAt, address } = device;
  const installedAt = installation?.installedAt ?? null;
  return {
    controllerId: id,
    name: id,
    description: notes,
    createdAt: createdAt.getTime(),
    updateStatus: statusOf(installation, lastContactAt),
    requestAttributes: false,
    ...(lastContactAt === null
      ? {}
      : { lastControllerRequestAt: lastContactAt.getTime(), pollStatus: pollStatus(lastContactAt, terms) }),
    ...(installedAt === null ? {} : { installedAt: installedAt.getTime() }),
    ...(address === null ? {} : { ipAddress: address }),
    ...(securityToken === undefined ? {} : { securityToken }),
  };
}

function statusOf(installation: Installation | null, lastContactAt: Date | null) {
  if (installation !== null && isWritten(installation)) return 'in_sync' as const;
  if (installation !== null && (isFailure(installation) || isOrphaned(installation))) return 'error' as const;
  if (installation !== null && isUnsettled(installation)) return 'pending' as const;
  return lastContactAt === null ? ('unknown' as const) : ('registered' as const);
}

function pollStatus(lastContactAt: Date, { settings, pollIntervalMs, now }: TargetTerms) {
  const lastRequestAt = lastContactAt.getTime();
  const nextExpectedRequestAt = lastRequestAt + (settings.pollingTimeMs ?? pollIntervalMs);
  const overdueAt = nextExpectedRequestAt + (settings.pollingOverdueTimeMs ?? 0);
  return { lastRequestAt, nextExpectedRequestAt, overdue: now.getTime() > overdueAt };
}
