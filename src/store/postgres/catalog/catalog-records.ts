import type { Bundle } from '../../../core/bundle';
import type { Activation, NewActivation } from '../../../core/release';
import { beginRollout, type Rollout } from '../../../core/rollout';
import type { CatalogRecords, RecordedChange } from '../../../ports/catalog';
import {
  endingOf,
  toActivation,
  toActivationRow,
  toBundle,
  toBundleRow,
  toReleases,
} from '../../rows/catalog-rows';
import { countToJson, toRolloutRow } from '../../rows/rollout-rows';
import { needsOf } from '../bundle-uses';
import { afterRemovals, keepBytes } from '../shared-bundles';
import { ChangeWatch, type ChangeWatchOptions } from '../change-watch';
import { catalogChannel, claimVersion, readVersion } from './catalog-version';
import type { Database, Reader } from '../database';
import type { PostgresJournal } from '../journal-records';
import { query } from '../queries';
import { saveEnd } from '../release-ends';
import { wasOffered } from '../release-outcomes';
import type { Transaction } from '../writer';

/** Bundles, releases and their history in the database. */
export function createCatalogRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
  watching: ChangeWatchOptions,
): CatalogRecords {
  return {
    load() {
      const read = async (reader: Reader) => {
        const found = await reader.all(
          query.selectFrom('bundles').selectAll().where('deleted_at', 'is', null),
        );
        const bundles = new Map(found.map((row) => [row.name, toBundle(row)]));
        const current = query
          .selectFrom('rollouts')
          .innerJoin('releases', 'releases.id', 'rollouts.release_id')
          .selectAll('rollouts');
        const rollouts = new Map((await reader.all(current)).map((row) => [row.release_id, row]));
        const releases = await reader.all(query.selectFrom('releases').selectAll());
        return {
          version: await readVersion(reader),
          bundles: [...bundles.values()],
          releases: toReleases(releases, bundles, rollouts),
        };
      };
      return database.readTogether(read, { isUrgent: true }); // a change waits for it, with the lock that all servers share
    },

    isShared: true,

    version: () => readVersion(database),

    // Nothing depends on the watch, because every decision about a device compares versions.
    watch: (look) => new ChangeWatch(catalogChannel, look, watching),

    async binding(name) {
      const select = query.selectFrom('bundles').select(['sha256', 'deleted_at']).where('name', '=', name);
      const [row] = await database.all(select);
      return (
        row && { sha256: row.sha256, deletedAt: row.deleted_at === null ? null : new Date(row.deleted_at) }
      );
    },

    commit(change) {
      const { bundle, rollout, returning, guard } = change;
      const save = async (transaction: Transaction) => {
        if (bundle !== undefined) await keepBytes(transaction, bundle.sha256);
        transaction.shareNoCommit(); // the next device is answered from this catalog
        const version = await claimVersion(transaction, change.decidedOn);
        guard?.check(await wasOffered(transaction, guard.releaseId));
        if (bundle !== undefined) await saveBundle(transaction, bundle);
        const activation = await activate(transaction, change);
        for (const moved of [returning, rollout])
          if (moved !== undefined) await saveRollout(transaction, moved.releaseId, moved.rollout);
        transaction.afterCommit(() => change.committed(activation, version)); // before journal listeners hear of it
        await journal.append(transaction, change.events?.(activation) ?? []);
        return activation;
      };
      return afterRemovals(database, () => database.transact(save));
    },

    tombstone({ name, at, by, events, check, decidedOn, committed }) {
      return database.transact(async (transaction) => {
        transaction.shareNoCommit();
        const version = await claimVersion(transaction, decidedOn);
        if (check !== undefined) check(await needsOf(transaction, name, at));
        const deleted = { deleted_at: at.toISOString(), deleted_by: by };
        await transaction.all(query.updateTable('bundles').set(deleted).where('name', '=', name));
        transaction.afterCommit(() => committed(version)); // before journal listeners hear of it
        await journal.append(transaction, events);
      });
    },

    saveCount(releaseId, count) {
      return database.transact(async (transaction) => {
        const counted = countToJson(count);
        await transaction.all(
          query.updateTable('rollouts').set({ counted }).where('release_id', '=', releaseId),
        );
      });
    },

    async history({ compatible, channel, activated, beforeId, limit }) {
      let select = query.selectFrom('activations').selectAll().orderBy('id', 'desc').limit(limit);
      if (beforeId !== undefined) select = select.where('id', '<', beforeId);
      if (compatible !== undefined) select = select.where('compatible', '=', compatible);
      if (channel !== undefined) select = select.where('channel', '=', channel);
      if (activated !== undefined)
        select = select.where('action', '=', 'activate').where('bundle', '=', activated);
      return (await database.all(select)).map(toActivation);
    },
  };
}

async function activate(transaction: Transaction, change: RecordedChange): Promise<Activation | undefined> {
  if (change.activation === undefined) return undefined;
  await saveEnd(transaction, change.activation, endingOf(change));
  const made = await saveActivation(transaction, change.activation, change.returning?.releaseId ?? null);
  if (change.policy !== undefined)
    await saveRollout(transaction, made.id, beginRollout(change.policy, made.by, made.at));
  return made;
}

async function saveBundle(transaction: Transaction, bundle: Bundle): Promise<void> {
  const row = toBundleRow(bundle);
  const { name, sha256, ...rest } = row;
  const saved = await transaction.all(
    query
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
async function saveActivation(
  transaction: Transaction,
  activation: NewActivation,
  returning: number | null,
): Promise<Activation> {
  const { compatible, channel, bundleName } = activation;
  const [line] = await transaction.all(
    query.insertInto('activations').values(toActivationRow(activation, returning)).returningAll(),
  );
  if (line === undefined) throw new Error('the history took no line');
  if (activation.action === 'deactivate' || bundleName === null) {
    await transaction.all(
      query.deleteFrom('releases').where('compatible', '=', compatible).where('channel', '=', channel),
    );
  } else {
    const { id, at: released_at, by: released_by, forced } = line;
    const current = { id: returning ?? id, bundle: bundleName, released_at, released_by, forced };
    await transaction.all(
      query
        .insertInto('releases')
        .values({ compatible, channel, ...current })
        .onConflict((conflict) => conflict.columns(['compatible', 'channel']).doUpdateSet(current)),
    );
  }
  return toActivation(line);
}

async function saveRollout(transaction: Transaction, releaseId: number, rollout: Rollout): Promise<void> {
  const row = toRolloutRow(releaseId, rollout);
  await transaction.all(
    query
      .insertInto('rollouts')
      .values(row)
      .onConflict((conflict) => conflict.column('release_id').doUpdateSet(row)),
  );
}
