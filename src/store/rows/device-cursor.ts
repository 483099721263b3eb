import { type Expression, sql, type SqlBool } from 'kysely';
import { DomainError } from '../../core/errors';

/** How a list of devices is ordered. Devices with the same value are ordered by id. */
export interface DeviceOrder {
  readonly sort: 'id' | 'last_contact' | 'version' | 'state';
  readonly isDescending: boolean;
}

export const sortColumns = {
  id: 'id',
  last_contact: 'last_contact_at',
  version: 'system_version',
  state: 'installation_state',
} as const;

/** Where a page ended. */
export interface DeviceCursor {
  /** The last device's sort value; missing values sort first, as in SQLite. */
  readonly value: string | null;
  readonly id: string;
}

/** The devices after a position in the list. */
export function isAfter(
  { sort, isDescending }: DeviceOrder,
  { value, id }: DeviceCursor,
): Expression<SqlBool> {
  const column = sql.ref(sortColumns[sort]);
  const idColumn = sql.ref('id');
  if (sort === 'id') return isDescending ? sql`${idColumn} < ${id}` : sql`${idColumn} > ${id}`;
  if (value === null) {
    return isDescending
      ? sql`(${column} IS NULL AND ${idColumn} < ${id})`
      : sql`((${column} IS NULL AND ${idColumn} > ${id}) OR ${column} IS NOT NULL)`;
  }
  return isDescending
    ? sql`(${column} < ${value} OR (${column} = ${value} AND ${idColumn} < ${id}) OR ${column} IS NULL)`
    : sql`(${column} > ${value} OR (${column} = ${value} AND ${idColumn} > ${id}))`;
}

/** Encodes a position in the list as an opaque text that callers send back. */
export function writeCursor({ sort, isDescending }: DeviceOrder, { value, id }: DeviceCursor): string {
  return Buffer.from(JSON.stringify([sort, isDescending, value, id])).toString('base64url');
}

/** @throws DomainError `invalid-input` for a cursor that does not belong to this order */
export function readCursor(text: string, { sort, isDescending }: DeviceOrder): DeviceCursor {
  const parsed = parseJson(Buffer.from(text, 'base64url').toString());
  const [itsSort, itsDirection, value, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const isOurs = itsSort === sort && itsDirection === isDescending;
  if (!isOurs || typeof id !== 'string' || (typeof value !== 'string' && value !== null)) {
    throw DomainError.of('cursor-of-another-list');
  }
  return { value, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
