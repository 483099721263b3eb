import type { Bundle } from '../../core/bundle';
import type { Activation, NewActivation } from '../../core/release';
import { beginRollout, type Rollout } from '../../core/rollout';
import type { CatalogRecords } from '../../ports/catalog';
import { needsOf } from './bundle-uses';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { saveEnd } from './release-ends';
import { wasOffered } from './release-outcomes';
import { countToJson, toRolloutRow } from '../rows/rollout-rows';
import {
  endingOf,
  toActivation,
  toActivationRow,
  toBundle,
  toBundleRow,
  toReleases,
} from '../rows/catalog-rows';

/** Bundles, releases and their history in the database. */
export function createCatalogRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): CatalogRecords {
  const { query } = database;
  let version = 0; // there is one process: what it has committed it knows
  return {
    load() {
      return database.readTogether(() => {
        const found = database.all(query.selectFrom('bundles').selectAll().where('deleted_at', 'is', null));
        const bundles = new Map(found.map((row) => [row.name, toBundle(row)]));
        const rollouts = new Map(
          database
            .all(
              query
                .selectFrom('rollouts')
                .innerJoin('releases', 'releases.id', 'rollouts.release_id')
                .selectAll('rollouts'),
            )
            .map((row) => [row.release_id, row]),
        );
        const releases = toReleases(
          database.all(query.selectFrom('releases').selectAll()),
          bundles,
          rollouts,
        );
        return { version, bundles: [...bundles.values()], releases };
      });
    },

    isShared: false,

    version: () => Promise.resolve(version),

    watch: () => ({ close: () => Promise.resolve() }),

    binding(name) {
      return database.readTogether(() => {
        const [row] = database.all(
          query.selectFrom('bundles').select(['sha256', 'deleted_at']).where('name', '=', name),
        );
        return (
          row && { sha256: row.sha256, deletedAt: row.deleted_at === null ? null : new Date(row.deleted_at) }
        );
      });
    },

    commit(change) {
      return database.transact(() => {
        const { bundle, rollout, returning } = change;
        change.guard?.check(wasOffered(database, change.guard.releaseId));
        if (bundle !== undefined) saveBundle(database, bundle);
        if (change.activation !== undefined) saveEnd(database, change.activation, endingOf(change));
        const activation =
          change.activation === undefined
            ? undefined
            : saveActivation(database, change.activation, returning?.releaseId ?? null);
        if (activation !== undefined && change.policy !== undefined) {
          const { id, by, at } = activation;
          saveRollout(database, id, beginRollout(change.policy, by, at));
        }
        for (const moved of [returning, rollout]) {
          if (moved !== undefined) saveRollout(database, moved.releaseId, moved.rollout);
        }
        database.afterCommit(() => change.committed(activation, ++version)); // before journal listeners hear of it
        journal.append(change.events?.(activation) ?? []);
        return activation;
      });
    },

    tombstone({ name, at, by, events, check, committed }) {
      return database.transact(() => {
        check?.(needsOf(database, name, at));
        const deleted = { deleted_at: at.toISOString(), deleted_by: by };
        database.all(query.updateTable('bundles').set(deleted).where('name', '=', name));
        database.afterCommit(() => committed(++version)); // before journal listeners hear of it
        journal.append(events);
      });
    },

    saveCount(releaseId, count) {
      return database.transact(() => {
        const counted = countToJson(count);
        database.all(query.updateTable('rollouts').set({ counted }).where('release_id', '=', releaseId));
      });
    },

    async history(filter) {
      let select = query
        .selectFrom('activations')
        .selectAll()
        .where('id', '<', filter.beforeId ?? Number.MAX_SAFE_INTEGER)
        .orderBy('id', 'desc')
        .limit(filter.limit);
      if (filter.compatible !== undefined) select = select.where('compatible', '=', filter.compatible);
      if (filter.channel !== undefined) select = select.where('channel', '=', filter.channel);
      if (filter.activated !== undefined)
        select = select.where('action', '=', 'activate').where('bundle', '=', filter.activated);
      return (await database.search(select)).map(toActivation);
    },
  };
}

function saveBundle(database: Database, bundle: Bundle): void {
  const row = toBundleRow(bundle);
  const { name, sha256, ...rest } = row;
  const saved = database.all(
    database.query
      .insertInto('bundles')
      .values(row)
      // The last line of defence for "a name never changes its bytes": other bytes match no row here.
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet(rest).where('bundles.sha256', '=', sha256),
      )
      .returning('name'),
  );
  if (saved.length === 0) throw new Error(`${name} is bound to other bytes`);
}

/** @param returning the id of the release that it brings back; `null` for a new one */
function saveActivation(database: Database, activation: NewActivation, returning: number | null): Activation {
  const { query } = database;
  const { compatible, channel, bundleName, by } = activation;
  const at = activation.at.toISOString();
  const [line] = database.all(
    query.insertInto('activations').values(toActivationRow(activation, returning)).returningAll(),
  );
  if (line === undefined) throw new Error('the history took no line');
  if (activation.action === 'deactivate' || bundleName === null) {
    database.all(
      query.deleteFrom('releases').where('compatible', '=', compatible).where('channel', '=', channel),
    );
  } else {
    const { id, forced } = line;
    const current = { id: returning ?? id, bundle: bundleName, released_at: at, released_by: by, forced };
    database.all(
      query
        .insertInto('releases')
        .values({ compatible, channel, ...current })
        .onConflict((conflict) => conflict.columns(['compatible', 'channel']).doUpdateSet(current)),
    );
  }
  return toActivation(line);
}

function saveRollout(database: Database, releaseId: number, rollout: Rollout): void {
  const row = toRolloutRow(releaseId, rollout);
  database.all(
    database.query
      .insertInto('rollouts')
      .values(row)
      .onConflict((conflict) => conflict.column('release_id').doUpdateSet(row)),
  );
}
