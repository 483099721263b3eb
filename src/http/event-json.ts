import { snakeCase } from '../base/text/field-names';
import type { EventJson } from '../contract/event';
import { presentRemedy, presentWhy } from '../contract/present-why';
import type { JournalEvent } from '../core/event';
import { isCircumstance } from '../core/reasons/why';
import { messageOf } from '../core/journal/sentences';

type Facts = JournalEvent['after'];

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
    before: saidFacts(before),
    after: saidFacts(after),
    count: repeats?.count ?? 1,
    first_at: repeats?.firstAt.toISOString() ?? null,
  };
}

/**
 * Facts are data; a reason that the server gave, and what to do, appear both as a sentence and as a code with parameters. An earlier
 * version stored sentences, which stay as they are.
 */
function saidFacts(facts: Facts): Facts {
  const { reason, remedy } = facts ?? {};
  return (
    facts && {
      ...facts,
      ...(isCircumstance(reason) && presentWhy(reason)),
      ...(isCircumstance(remedy) && presentRemedy(remedy)),
    }
  );
}
