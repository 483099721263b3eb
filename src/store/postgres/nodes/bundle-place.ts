import type { Client } from 'pg';
import { DomainError } from '../../../core/errors';
import { presentNames } from './node-rows';

/** Where a server keeps the bundles. */
export interface BundlePlace {
  /** Differs for each place. */
  readonly id: string;
  /** Whether several servers may use it at once. */
  readonly isShared: boolean;
}

/** SQL for the place of the running servers, `null` before any has recorded it. */
export const selectPlace = '(SELECT id FROM bundle_place)';

/**
 * Records where the bundles are. All running servers have them in one place: otherwise they would offer releases whose bundles only others
 * have.
 * @param isAlone whether no other server runs, and none can start meanwhile
 * @returns what keeps this server away: others have them elsewhere
 */
export async function usePlace(
  client: Client,
  { id, isShared }: BundlePlace,
  isAlone: boolean,
): Promise<DomainError | undefined> {
  await client.query('INSERT INTO bundle_place (id) VALUES ($1) ON CONFLICT DO NOTHING', [id]);
  const { rowCount } = await client.query('SELECT 1 FROM bundle_place WHERE id = $1', [id]);
  if (rowCount === 1 && (isAlone || isShared)) return undefined;
  const others = await presentNames(client); // those that were cut off a moment ago come back
  if (!isAlone || others.length > 0)
    return DomainError.of('bundles-elsewhere', { holder: others.join(', ') });
  await client.query('UPDATE bundle_place SET id = $1', [id]);
  return undefined;
}
