import type { Selectable } from 'kysely';
import type { EventKind, JournalEvent, NewEvent } from '../../core/event';
import type { EventReason } from '../../core/journal/catalogue';
import type { ReasonParameters } from '../../core/reasons/reason-words';
import type { EventTable } from './schema';

export function toEventRow(event: NewEvent) {
  const { subject = {}, before, after, repeats, reason } = event;
  return {
    at: event.at.toISOString(),
    kind: event.kind,
    actor: event.actor.name,
    address: event.actor.address,
    message: '',
    device: subject.deviceId ?? null,
    compatible: subject.compatible ?? null,
    channel: subject.channel ?? null,
    bundle: subject.bundleName ?? null,
    release_id: subject.releaseId ?? null,
    installation_id: subject.installationId ?? null,
    before: before === undefined ? null : JSON.stringify(before),
    after: after === undefined ? null : JSON.stringify(after),
    count: repeats?.count ?? 1,
    first_at: repeats?.firstAt.toISOString() ?? null,
    reason: reason.code,
    parameters: JSON.stringify(reason.parameters),
  };
}

export function toEvent(row: Selectable<EventTable>): JournalEvent {
  return {
    id: row.id,
    at: new Date(row.at),
    // The stored value was a kind when it was written, perhaps by another version.
    kind: row.kind as EventKind,
    actor: { name: row.actor, address: row.address },
    reason: reasonOf(row),
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
    repeats: row.first_at === null ? null : { count: row.count, firstAt: new Date(row.first_at) },
  };
}

function reasonOf({ reason: code, parameters }: Selectable<EventTable>): EventReason | null {
  return code === null ? null : { code, parameters: (parse(parameters) ?? {}) as ReasonParameters };
}

function parse(json: string | null): Record<string, unknown> | null {
  return json === null ? null : (JSON.parse(json) as Record<string, unknown>);
}
