import { sql } from 'kysely';
import type { IssuedCertificate } from '../../core/certificate';
import type { IssuanceRecords, IssuedRecord, NumberedIssue, SharedIssuance } from '../../ports/issuance';
import { issuanceColumns, toIssuanceRow, toIssued, toIssuedRecord } from '../rows/issuance-rows';
import type { Database, Reader } from './database';
import { anyOf, query } from './queries';

/** How many certificates one statement takes. */
const atOnce = 500;

/** Issued certificates in the database. Their numbers follow the order of commits, because only one change runs at a time. */
export function createIssuanceRecords(database: Database): IssuanceRecords {
  return {
    after: (id) => readAfter(database, id),
    record: (issued, onlyIfFirst) => record(database, issued, onlyIfFirst),
    takeOver: (issued) => takeOver(database, issued),
    latestOf: (deviceId) => latestOf(database, deviceId),
    authorities: () => authorities(database),
    lastIssuedAt: () => lastIssuedAt(database),
  };
}

/** @param using opens the database for one use */
export function createSharedIssuance(
  using: <Result>(work: (database: Database) => Promise<Result>) => Promise<Result>,
): SharedIssuance {
  return {
    all: () => using((database) => readAfter(database, 0)),
    record: (issued, onlyIfFirst) => using((database) => record(database, issued, onlyIfFirst)),
    takeOver: (issued) => using((database) => takeOver(database, issued)),
    latestOf: (deviceId) => using((database) => latestOf(database, deviceId)),
    authorities: () => using(authorities),
    lastIssuedAt: () => using(lastIssuedAt),
  };
}

async function readAfter(reader: Reader, id: number): Promise<readonly NumberedIssue[]> {
  const hasPem = sql<boolean>`certificate IS NOT NULL`.as('has_pem');
  const select = query.selectFrom('issued_certificates').select(['id', ...issuanceColumns, hasPem]);
  const rows = await reader.all(select.where('id', '>', id).orderBy('id'));
  return rows.map((row) => ({ ...toIssued(row), id: row.id, hasPem: row.has_pem }));
}

/** All changes of all servers take turns, so what is the first of its kind stays it. */
function record(database: Database, issued: IssuedRecord, onlyIfFirst: boolean): Promise<boolean> {
  const { role, commonName, certificatePem, sealedKey } = issued;
  return database.transact(async (transaction) => {
    if (onlyIfFirst) {
      const ofRole = query.selectFrom('issued_certificates').select('id').where('role', '=', role);
      const earlier = role === 'device' ? ofRole.where('common_name', '=', commonName) : ofRole;
      if ((await transaction.all(earlier.limit(1))).length > 0) return false;
    }
    const row = { ...toIssuanceRow(issued), certificate: certificatePem, sealed_key: sealedKey };
    const insert = query.insertInto('issued_certificates').values(row);
    // A CA may be imported again.
    await transaction.all(insert.onConflict((conflict) => conflict.column('fingerprint').doNothing()));
    return true;
  });
}

async function takeOver(database: Database, issued: readonly IssuedCertificate[]): Promise<void> {
  for (let at = 0; at < issued.length; at += atOnce) {
    const some = issued.slice(at, at + atOnce);
    const known = await knownAmong(database, some);
    const added = some.filter(({ fingerprint }) => !known.has(fingerprint));
    if (added.length === 0) continue;
    await database.transact(async (transaction) => {
      const insert = query.insertInto('issued_certificates').values(added.map(toIssuanceRow));
      await transaction.all(insert.onConflict((conflict) => conflict.column('fingerprint').doNothing()));
    });
  }
}

/** What is known needs no transaction, for which all servers would wait. */
async function knownAmong(
  reader: Reader,
  issued: readonly IssuedCertificate[],
): Promise<ReadonlySet<string>> {
  const fingerprints = anyOf(issued.map(({ fingerprint }) => fingerprint));
  const select = query.selectFrom('issued_certificates').select('fingerprint');
  const rows = await reader.all(select.where('fingerprint', 'in', fingerprints));
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}

async function latestOf(reader: Reader, deviceId: string): Promise<IssuedRecord | undefined> {
  const select = query
    .selectFrom('issued_certificates')
    .select([...issuanceColumns, 'certificate', 'sealed_key'])
    .where('role', '=', 'device')
    .where('common_name', '=', deviceId);
  const recorded = select.where('certificate', 'is not', null).orderBy('id', 'desc').limit(1);
  const taken = select.where('certificate', 'is', null).orderBy('issued_at', 'desc').limit(1);
  const [latest] = [...(await reader.all(recorded)), ...(await reader.all(taken))];
  return latest === undefined ? undefined : toIssuedRecord(latest);
}

async function authorities(reader: Reader): Promise<ReadonlySet<string>> {
  const select = query.selectFrom('issued_certificates').select('fingerprint').where('role', '=', 'ca');
  return new Set((await reader.all(select)).map(({ fingerprint }) => fingerprint));
}

async function lastIssuedAt(reader: Reader): Promise<Date | undefined> {
  const select = query.selectFrom('issued_certificates').select('issued_at').orderBy('issued_at', 'desc');
  const [last] = await reader.all(select.limit(1));
  return last === undefined ? undefined : new Date(last.issued_at);
}
