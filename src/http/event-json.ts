import { snakeCase } from '../base/text/field-names';
import type { EventJson } from '../contract/event';
import type { JournalEvent } from '../core/event';
import { messageOf } from '../core/journal/sentences';

/** An event in the form of the API, of the event stream and of webhooks. */
export function presentEvent(event: JournalEvent): EventJson {
  const { id, at, kind, actor, reason, subject, before, after, repeats } = event;
  return {
    id,
    at: at.toISOString(),
    kind,
    actor: actor.name,
    address: actor.address,
    message: messageOf(event),
    reason: reason?.code ?? null,
    parameters: reason === null ? null : snakeCase(reason.parameters),
    device: subject.deviceId,
    compatible: subject.compatible,
    channel: subject.channel,
    bundle: subject.bundleName,
    release_id: subject.releaseId,
    installation_id: subject.installationId,
    before,
    after,
    count: repeats?.count ?? 1,
    first_at: repeats?.firstAt.toISOString() ?? null,
  };
}
