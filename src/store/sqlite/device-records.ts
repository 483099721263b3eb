import { type RawBuilder, sql, type SqlBool } from 'kysely';
import {
  failedStates,
  type InstallationState,
  openStates,
  startedStates,
} from '../../core/installation-states';
import { patiencePolls } from '../../core/proof';
import { appendedLogMaxLength } from '../../ports/devices';
import type { FleetRecords, ReleaseCounts } from './fleet/fleet-records';
import type { Database } from './database';
import { readAttributes, toContactRow, toInstallation, toInstallationRow } from '../rows/device-rows';
import { requireBundle, saveContact, saveDecision, saveInstallation } from './device-writes';
import { findRecord } from './find-record';
import type { SqliteJournal } from './journal-records';
import { forgetOutcomes } from './release-outcomes';

/** Devices and their installations in the database, as needed to answer devices. */
export function createDeviceRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): FleetRecords {
  const { query } = database;
  return {
    /** Everything is from one moment. */
    find: (id) => Promise.resolve().then(() => findRecord(database, id)),

    async lastInstallationId() {
      const newest = query.selectFrom('installations').select(({ fn }) => fn.max('id').as('id'));
      return (await database.read(newest))[0]?.id ?? 0;
    },

    counts: (releaseIds, now) =>
      Promise.resolve().then(() => releaseIds.map((releaseId) => countsOf(database, releaseId, now))),

    write(...writes) {
      return database.transact(() => {
        for (const { device, installations = [], events = [] } of writes) {
          if (device !== undefined) saveContact(database, device);
          for (const installation of installations) saveInstallation(database, installation);
          journal.append(events);
        }
      });
    },

    /** One statement for all of them: every device may have made contact within one second. */
    writeSeen(seen) {
      const heard = seen.map(({ device }) => {
        const { last_contact_at, address, protocol, uptime_seconds } = toContactRow(device);
        return { id: device.id, at: last_contact_at, address, protocol, uptime: uptime_seconds };
      });
      const renewed = seen.flatMap(({ installation }) => {
        if (installation === null) return [];
        const {
          id,
          bytes_sent: bytes,
          polls,
          offer_ends_at,
          updated_at,
          ...row
        } = toInstallationRow(installation);
        const { moved_at: moved, silent_polls: silent, signature } = row;
        return [{ id, bytes, polls, ends: offer_ends_at, at: updated_at, moved, silent, signature }];
      });
      return database.transact(() => {
        database.all(
          sql`UPDATE devices SET
                last_contact_at = seen.value ->> 'at', address = seen.value ->> 'address',
                protocol = seen.value ->> 'protocol', uptime_seconds = seen.value ->> 'uptime'
              FROM json_each(${JSON.stringify(heard)}) AS seen
              WHERE devices.id = seen.value ->> 'id'`.compile(query),
        );
        database.all(
          sql`UPDATE installations SET
                bytes_sent = seen.value ->> 'bytes', polls = seen.value ->> 'polls',
                offer_ends_at = seen.value ->> 'ends', updated_at = seen.value ->> 'at',
                moved_at = seen.value ->> 'moved', silent_polls = seen.value ->> 'silent',
                signature = seen.value ->> 'signature'
              FROM json_each(${JSON.stringify(renewed)}) AS seen
              WHERE installations.id = seen.value ->> 'id'`.compile(query),
        );
      });
    },

    decide(decisions) {
      return database.transact(() => {
        for (const name of new Set(decisions.map(({ change }) => change.pin?.bundleName)))
          if (name !== undefined) requireBundle(database, name);
        for (const decision of decisions) saveDecision(database, decision);
        journal.append(decisions.flatMap(({ events }) => events));
      });
    },

    forget(id, events) {
      return database.transact(() => {
        forgetOutcomes(database, id);
        database.all(query.deleteFrom('devices').where('id', '=', id));
        journal.append(events);
      });
    },

    async silentIn({ from, until }, limit) {
      const open = query.selectFrom('devices').select('id').where('installation_state', 'in', openStates);
      const sorted = open.orderBy('last_contact_at').limit(limit);
      const before = await database.search(sorted.where('last_contact_at', '<', from.toISOString()));
      const after = await database.search(sorted.where('last_contact_at', '>', until.toISOString()));
      return [...before, ...after].slice(0, limit).map(({ id }) => id);
    },

    async rolloutDevices(page) {
      const rows = await database.search(
        query
          .selectFrom('devices')
          .select((eb) => [
            'id',
            'system_version',
            'last_contact_at',
            'hold_at',
            'pin_bundle',
            page.withAttributes ? 'attributes' : sql.lit('{}').as('attributes'),
            eb
              .selectFrom('device_labels')
              .select(sql<string>`group_concat(label, ' ')`.as('labels'))
              .whereRef('device_labels.device', '=', 'devices.id')
              .as('labels'),
            eb
              .selectFrom('installations')
              .select('state')
              .whereRef('installations.device', '=', 'devices.id')
              // The plus keeps SQLite from scanning the release's installations for each of its devices.
              .where(sql<SqlBool>`+release_id = ${page.releaseId}`)
              .orderBy('installations.id', 'desc')
              .limit(1)
              .as('state'),
          ])
          .where('compatible', '=', page.compatible)
          .where('channel', '=', page.channel)
          .where('id', '>', page.afterId)
          .where('admission', '=', 'admitted')
          .where('last_contact_at', 'is not', null)
          .orderBy('id')
          .limit(page.limit),
      );
      return rows.map(({ id, system_version: systemVersion, labels, state, ...row }) => ({
        id,
        systemVersion,
        state,
        lastContactAt: new Date(row.last_contact_at ?? 0),
        isHeld: row.hold_at !== null,
        isPinned: row.pin_bundle !== null,
        labels: labels === null ? [] : labels.split(' '),
        attributes: readAttributes(row),
      }));
    },

    async installations(deviceId, limit) {
      const ofDevice = query.selectFrom('installations').selectAll().where('device', '=', deviceId);
      return (await database.search(ofDevice.orderBy('id', 'desc').limit(limit))).map(toInstallation);
    },

    async findInstallation(id) {
      const [row] = await database.read(query.selectFrom('installations').selectAll().where('id', '=', id));
      return row === undefined ? undefined : toInstallation(row);
    },

    saveLog(installationId, log, at) {
      const row = { installation: installationId, at: at.toISOString(), log };
      return database.transact(() => {
        database.all(
          query
            .insertInto('installation_logs')
            .values(row)
            .onConflict((conflict) => conflict.column('installation').doUpdateSet(row)),
        );
      });
    },

    appendLog(installationId, lines, at) {
      const row = {
        installation: installationId,
        at: at.toISOString(),
        log: lines.slice(-appendedLogMaxLength),
      };
      const log = sql<string>`substr(installation_logs.log || excluded.log, ${-appendedLogMaxLength})`;
      return database.transact(() => {
        database.all(
          query
            .insertInto('installation_logs')
            .values(row)
            .onConflict((conflict) => conflict.column('installation').doUpdateSet({ at: row.at, log })),
        );
      });
    },

    async log(installationId) {
      const select = query.selectFrom('installation_logs').select(['log', 'at']);
      const [row] = await database.read(select.where('installation', '=', installationId));
      return row === undefined ? undefined : { log: row.log, at: new Date(row.at) };
    },
  };
}

function countsOf(database: Database, releaseId: number, now: Date): ReleaseCounts {
  // SQLite would choose an index without the state, and read the rows of all installations of the release.
  const ofRelease = sql`FROM installations INDEXED BY installations_of_release WHERE release_id = ${releaseId}`;
  const all = <Row>(select: RawBuilder<Row>) => database.all(select.compile(database.query));
  const [counted] = all(
    sql<{ readonly started: number }>`SELECT count(*) AS started ${ofRelease} AND ${isIn(startedStates)}`,
  );
  const failures = all(
    sql<{ readonly device: string; readonly count: number }>`SELECT device, count(*) AS count ${ofRelease}
      AND ${isIn(failedStates)} GROUP BY device`,
  );
  // As one row of flat lists: ten thousand rows or pairs would keep a start waiting.
  const [open] = all(
    sql<{ readonly ids: string; readonly ends: string }>`SELECT
      json_group_array(id) AS ids, json_group_array(offer_ends_at) AS ends
      ${ofRelease} AND state = 'offered' AND offer_ends_at > ${now.toISOString()} AND polls <= ${patiencePolls}`,
  );
  const ids = JSON.parse(open?.ids ?? '[]') as readonly number[];
  const ends = JSON.parse(open?.ends ?? '[]') as readonly string[];
  return {
    releaseId,
    started: counted?.started ?? 0,
    failures: new Map(failures.map(({ device, count }) => [device, count])),
    offers: ids.map((id, index) => [id, Date.parse(ends[index] ?? '')]),
  };
}

function isIn(states: readonly InstallationState[]): RawBuilder<unknown> {
  return sql`state IN (${sql.join(states)})`;
}
