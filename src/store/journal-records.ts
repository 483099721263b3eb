import type { Selectable } from 'kysely';
import type { EventKind, JournalEvent, NewEvent } from '../core/event';
import type { Database } from './database';
import type { EventTable } from './schema';

export type JournalListener = (events: readonly JournalEvent[]) => void;

export type JournalRecords = ReturnType<typeof createJournalRecords>;

/** The journal in the database. Lines are added in the same transaction as what they tell. */
export function createJournalRecords(database: Database) {
  const { query } = database;
  const listeners = new Set<JournalListener>();
  return {
    /** Adds lines to the transaction that is running; listeners hear of them when it is committed. */
    append(events: readonly NewEvent[]): void {
      if (events.length === 0) return;
      const added = events.map((event) => {
        const [row] = database.all(query.insertInto('events').values(toRow(event)).returningAll());
        if (row === undefined) throw new Error('the journal took no line');
        return toEvent(row);
      });
      database.afterCommit(() => {
        for (const listener of listeners) listener(added);
      });
    },

    /** @returns what ends it */
    listen(listener: JournalListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toRow(event: NewEvent) {
  const { subject = {}, before, after } = event;
  return {
    at: event.at.toISOString(),
    kind: event.kind,
    actor: event.actor.name,
    address: event.actor.address,
    message: event.message,
    device: subject.deviceId ?? null,
    compatible: subject.compatible ?? null,
    channel: subject.channel ?? null,
    bundle: subject.bundleName ?? null,
    release_id: subject.releaseId ?? null,
    installation_id: subject.installationId ?? null,
    before: before === undefined ? null : JSON.stringify(before),
    after: after === undefined ? null : JSON.stringify(after),
  };
}

export function toEvent(row: Selectable<EventTable>): JournalEvent {
  return {
    id: row.id,
    at: new Date(row.at),
    // What is in the table was a kind when it was written, perhaps by another version.
    kind: row.kind as EventKind,
    actor: { name: row.actor, address: row.address },
    message: row.message,
    subject: {
      deviceId: row.device,
      compatible: row.compatible,
      channel: row.channel,
      bundleName: row.bundle,
      releaseId: row.release_id,
      installationId: row.installation_id,
    },
    before: parse(row.before),
    after: parse(row.after),
  };
}

function parse(json: string | null): Record<string, unknown> | null {
  return json === null ? null : (JSON.parse(json) as Record<string, unknown>);
}
