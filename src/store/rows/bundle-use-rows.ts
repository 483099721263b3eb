import type { ExpressionBuilder } from 'kysely';
import { underWayStates } from '../../core/installation-states';
import type { Schema } from './schema';

/** The condition that a device may still ask for the bundle of its installation. */
export function asksForBundle(now: Date) {
  return (query: ExpressionBuilder<Schema, 'installations'>) =>
    query.or([
      query('state', 'in', underWayStates),
      query.and([query('state', '=', 'offered'), query('offer_ends_at', '>', now.toISOString())]),
    ]);
}

/** How many devices are pinned to a bundle. */
export function toPinned({
  pin_bundle: bundleName,
  devices,
}: {
  readonly pin_bundle: string | null;
  readonly devices: number;
}) {
  return { bundleName: bundleName ?? '', devices };
}
