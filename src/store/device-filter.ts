import { type RawBuilder, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import type { InstallationState } from '../core/installation';
import type { Database } from './database';
import type { Schema } from './schema';

/** What is looked for; everything given must fit. */
export interface DeviceFilters {
  readonly search?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly version?: string;
  readonly label?: string;
  readonly state?: InstallationState | 'none';
  readonly isHeld?: boolean;
  readonly isPinned?: boolean;
  readonly isWaiting?: boolean;
  readonly hasSecondBoard?: boolean;
  readonly hasOtherClaim?: boolean;
  readonly hasSilentPoller?: boolean;
  readonly releaseId?: number;
}

/** Devices that fit, and how many they are. */
export interface MatchingDevices {
  readonly select: SelectQueryBuilder<Schema, 'devices', object>;
  readonly total: number;
  /** Whether every device fits. */
  readonly isAll: boolean;
}

/** So few rows are quicker looked up through an index than found by reading the table from its begin to its end. */
const fewDevices = 5_000;

/**
 * Finds the devices that fit. A large part of a large fleet is read in the order in which it is stored: an index would only
 * lead from row to row all over the file.
 */
export function matchDevices(database: Database, filters: DeviceFilters): MatchingDevices {
  const select = (mayUseIndex: boolean) => {
    const found = database.query.selectFrom('devices');
    const conditions = conditionsOf(filters, mayUseIndex);
    return conditions.length === 0 ? found : found.where((eb) => eb.and([...conditions]));
  };
  const filterCount = conditionsOf(filters, true).length;
  const counted = select(filterCount === 1).select(({ fn }) => fn.countAll<number>().as('total'));
  const total = database.all(counted)[0]?.total ?? 0;
  return { select: select(total <= fewDevices), total, isAll: filterCount === 0 };
}

function conditionsOf(filters: DeviceFilters, mayUseIndex: boolean): readonly RawBuilder<SqlBool>[] {
  const { search = '', compatible, channel, version, label, state, releaseId } = filters;
  const { isHeld, isPinned, isWaiting, hasSecondBoard, hasOtherClaim, hasSilentPoller } = filters;
  const conditions: RawBuilder<SqlBool>[] = [];
  // SQLite uses no index for a column behind a plus.
  const column = (name: string) => (mayUseIndex ? sql.ref(name) : sql`+${sql.ref(name)}`);
  const equals = (name: string, value: string | number | undefined) => {
    if (value !== undefined) conditions.push(sql`${column(name)} = ${value}`);
  };
  const isMissing = (name: string, missing: boolean | undefined) => {
    if (missing !== undefined)
      conditions.push(missing ? sql`${column(name)} IS NULL` : sql`${column(name)} IS NOT NULL`);
  };
  const isThere = (name: string, there: boolean | undefined) => {
    isMissing(name, there === undefined ? undefined : !there);
  };
  equals('compatible', compatible);
  equals('channel', channel);
  equals('system_version', version);
  equals('installation_release_id', releaseId);
  if (state === 'none') isMissing('installation_state', true);
  else equals('installation_state', state);
  isThere('hold_at', isHeld);
  isThere('pin_bundle', isPinned);
  isThere('second_board_at', hasSecondBoard);
  isThere('claimed_compatible', hasOtherClaim);
  if (hasSilentPoller === true) conditions.push(sql`${column('poller_omits')} > ''`);
  if (hasSilentPoller === false) conditions.push(sql`coalesce(poller_omits, '') = ''`);
  if (isWaiting !== undefined)
    // As a word and not as a parameter: else the index of those that wait does not fit.
    conditions.push(sql`${column('admission')} = ${sql.lit(isWaiting ? 'waiting' : 'admitted')}`);
  if (label !== undefined)
    conditions.push(sql`${column('id')} IN (SELECT device FROM device_labels WHERE label = ${label})`);
  if (search !== '') conditions.push(sql`instr(search_text, lower(${search})) > 0`);
  return conditions;
}
