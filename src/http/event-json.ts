import type { EventJson } from '../contract/event';
import type { JournalEvent } from '../core/event';

/** An event in the form of the API, of the event stream and of webhooks. */
export function presentEvent({
  id,
  at,
  kind,
  actor,
  message,
  subject,
  before,
  after,
  repeats,
}: JournalEvent): EventJson {
  return {
    id,
    at: at.toISOString(),
    kind,
    actor: actor.name,
    address: actor.address,
    message,
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
