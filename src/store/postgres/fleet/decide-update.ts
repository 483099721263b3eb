import { sql } from 'kysely';
import type { DeviceRecord } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import { maxInstallationId } from '../../../core/installation';
import type { DecideUpdate, DeviceUpdate } from '../../../ports/device-updates';
import type { Reader } from '../database';
import { prepared, query } from '../queries';
import { CountedReleases, type OfferClock } from '../release-numbers';

export interface DecideOptions {
  readonly clock: OfferClock;
  /** Gets the number for a new installation; `null` where nothing may be claimed. */
  readonly nextId: (() => Promise<number>) | null;
}

/**
 * Decides about a device, again and again until everything that the decision depends on has been counted: the decision itself is
 * synchronous.
 * @returns `undefined` when it begins an installation where nothing may be claimed
 */
export async function decideUpdate<Answer>(
  reader: Reader,
  record: DeviceRecord | undefined,
  decide: DecideUpdate<Answer>,
  { clock, nextId }: DecideOptions,
): Promise<DeviceUpdate<Answer> | undefined> {
  const releases = new CountedReleases(clock, nextId !== null);
  const ids: number[] = [];
  for (;;) {
    let taken = 0;
    const nextInstallationId = () => ids[taken++] ?? maxInstallationId;
    const update = decide({ record, releases, nextInstallationId });
    const isCounted = await releases.isComplete(reader);
    if (isCounted && taken <= ids.length) return update;
    if (taken > 0 && nextId === null) return undefined;
    while (nextId !== null && ids.length < taken) ids.push(await nextId());
  }
}

/**
 * The next number of an installation. Numbers grow with time, because only a transaction that writes takes one.
 * @throws DomainError `unavailable` after two thousand million installations
 */
export async function nextInstallationId(transaction: Reader): Promise<number> {
  const next = sql<{ readonly id: number }>`
    SELECT setval('installation_ids', greatest(
      nextval('installation_ids'), (SELECT coalesce(max(id), 0)::bigint + 1 FROM installations))) AS id`;
  try {
    const [row] = await transaction.all(prepared(next.compile(query)));
    return row?.id ?? maxInstallationId;
  } catch (cause) {
    if (isOutOfRange(cause)) throw DomainError.of('installation-numbers-used-up', {}, { cause });
    throw cause;
  }
}

/** Whether the sequence, or the value it is set to, is beyond its end. */
function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '2200H' || error.code === '22003');
}
