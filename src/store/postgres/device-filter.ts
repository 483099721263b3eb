import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DeviceFilter } from '../../ports/fleet-queries';
import { textsOfAttribute } from '../rows/device-rows';

/** What a device must match, as one condition. */
export function matchesFilter({ search = '', ...filter }: DeviceFilter): RawBuilder<SqlBool> {
  const isFound = sql<SqlBool>`id IN (SELECT device FROM device_texts WHERE ${isFoundBy(search)})`;
  return matchesAll([...conditionsOf(filter), ...(search === '' ? [] : [isFound])]);
}

export function matchesAll(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
}

/** What a device must match, apart from a search. */
export function conditionsOf(filter: Omit<DeviceFilter, 'search'>): RawBuilder<SqlBool>[] {
  const { compatible, channel, version, label, state, releaseId, lastContactBefore } = filter;
  const { attribute, isHeld, isPinned, isWaiting, hasSecondBoard, hasOtherClaim, hasSilentPoller } = filter;
  const conditions: RawBuilder<SqlBool>[] = [];
  const equals = (name: string, value: string | number | undefined) => {
    if (value !== undefined) conditions.push(sql`${sql.ref(name)} = ${value}`);
  };
  const isThere = (name: string, there: boolean | undefined) => {
    if (there !== undefined)
      conditions.push(there ? sql`${sql.ref(name)} IS NOT NULL` : sql`${sql.ref(name)} IS NULL`);
  };
  equals('compatible', compatible);
  equals('channel', channel);
  equals('system_version', version);
  equals('installation_release_id', releaseId);
  if (state === 'none') isThere('installation_state', false);
  else equals('installation_state', state);
  isThere('hold_at', isHeld);
  isThere('pin_bundle', isPinned);
  isThere('second_board_at', hasSecondBoard);
  isThere('claimed_compatible', hasOtherClaim);
  if (hasSilentPoller === true) conditions.push(sql`poller_omits > ''`);
  if (hasSilentPoller === false) conditions.push(sql`coalesce(poller_omits, '') = ''`);
  // A literal, not a parameter: otherwise the index of waiting devices may not match.
  if (isWaiting !== undefined)
    conditions.push(sql`admission = ${sql.lit(isWaiting ? 'waiting' : 'admitted')}`);
  if (label !== undefined)
    conditions.push(sql`id IN (SELECT device FROM device_labels WHERE label = ${label})`);
  if (lastContactBefore !== undefined)
    conditions.push(sql`last_contact_at < ${lastContactBefore.toISOString()}`);
  if (attribute !== undefined) {
    const [first, later] = textsOfAttribute(attribute.name, attribute.value);
    conditions.push(sql`(strpos(attributes, ${first}) > 0 OR strpos(attributes, ${later}) > 0)`);
  }
  return conditions;
}

/** Whether people find a device by this, of the texts that `device_texts` has of it. */
export function isFoundBy(search: string): RawBuilder<SqlBool> {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`found_by LIKE lower(${pattern} COLLATE "C")`;
}
