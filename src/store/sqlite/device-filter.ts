import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DeviceFilter } from '../../ports/fleet-queries';
import { textsOfAttribute } from '../rows/device-rows';
import type { Database } from './database';

/** Up to this many rows are faster to look up through an index than to find by scanning the table. */
const fewDevices = 5_000;

/**
 * Conditions that find the matching devices through an index that selects few. It examines only a few rows itself.
 * @returns `undefined` when no index selects few
 * @throws DomainError `unavailable`
 */
export async function conditionsByIndex(
  database: Database,
  filters: DeviceFilter,
): Promise<readonly RawBuilder<SqlBool>[] | undefined> {
  for (const alone of indexedAlone(filters)) {
    if (!(await matchesFew(database, alone))) continue;
    const others = Object.fromEntries(Object.entries(filters).filter(([name]) => !(name in alone)));
    return [...conditionsOf(alone, true), ...conditionsOf(others, false)];
  }
  return undefined;
}

async function matchesFew(database: Database, alone: DeviceFilter): Promise<boolean> {
  const candidates =
    alone.label === undefined
      ? sql`SELECT 1 FROM devices WHERE ${sql.join(conditionsOf(alone, true), sql` AND `)}`
      : sql`SELECT 1 FROM device_labels WHERE label = ${alone.label}`;
  const counted = sql<{ readonly devices: number }>`
    SELECT count(*) AS devices FROM (${candidates} LIMIT ${fewDevices + 1})`;
  const [found] = await database.search(counted.compile(database.query));
  return (found?.devices ?? 0) <= fewDevices;
}

/** Each filter that has an index, on its own; a channel or a version goes with its compatible. */
function indexedAlone(filters: DeviceFilter): readonly DeviceFilter[] {
  const { compatible, channel, version, label, state, releaseId, lastContactBefore } = filters;
  const { isHeld, isPinned, isWaiting, hasSecondBoard, hasOtherClaim, hasSilentPoller } = filters;
  return [
    ...(releaseId === undefined ? [] : [{ releaseId }]),
    ...(label === undefined ? [] : [{ label }]),
    ...(isHeld === true ? [{ isHeld }] : []),
    ...(isPinned === true ? [{ isPinned }] : []),
    ...(isWaiting === true ? [{ isWaiting }] : []),
    ...(hasSecondBoard === true ? [{ hasSecondBoard }] : []),
    ...(hasOtherClaim === true ? [{ hasOtherClaim }] : []),
    ...(hasSilentPoller === true ? [{ hasSilentPoller }] : []),
    ...(lastContactBefore === undefined ? [] : [{ lastContactBefore }]),
    ...(state === undefined ? [] : [{ state }]),
    ...(compatible === undefined || version === undefined ? [] : [{ compatible, version }]),
    ...(compatible === undefined || channel === undefined ? [] : [{ compatible, channel }]),
    ...(compatible === undefined ? [] : [{ compatible }]),
  ];
}

/** @param mayUseIndex otherwise each device is examined, in stored order or in the order of another index */
export function conditionsOf(filters: DeviceFilter, mayUseIndex: boolean): readonly RawBuilder<SqlBool>[] {
  const { search = '', compatible, channel, version, label, state, releaseId, lastContactBefore } = filters;
  const { attribute, isHeld, isPinned, isWaiting, hasSecondBoard, hasOtherClaim, hasSilentPoller } = filters;
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
    // A literal, not a parameter: otherwise the index of waiting devices does not match.
    conditions.push(sql`${column('admission')} = ${sql.lit(isWaiting ? 'waiting' : 'admitted')}`);
  if (label !== undefined)
    conditions.push(
      mayUseIndex
        ? sql`id IN (SELECT device FROM device_labels WHERE label = ${label})`
        : sql`EXISTS (SELECT 1 FROM device_labels WHERE label = ${label} AND device = devices.id)`,
    );
  if (lastContactBefore !== undefined)
    conditions.push(sql`${column('last_contact_at')} < ${lastContactBefore.toISOString()}`);
  if (attribute !== undefined) {
    const [first, later] = textsOfAttribute(attribute.name, attribute.value);
    conditions.push(sql`(instr(attributes, ${first}) > 0 OR instr(attributes, ${later}) > 0)`);
  }
  if (search !== '') conditions.push(isFoundBy(search));
  return conditions;
}

/** A device's own columns come first: reading its labels costs more. */
function isFoundBy(search: string): RawBuilder<SqlBool> {
  return sql`(instr(found_by, lower(${search})) > 0 OR EXISTS (
    SELECT 1 FROM device_labels WHERE device = devices.id AND instr(lower(label), lower(${search})) > 0))`;
}
