import { describeBoard } from '../../core/board';
import type { BootChange } from '../../core/contact';
import type { Device } from '../../core/device';
import type { Actor, NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Sight } from '../../core/recognize-board';
import type { Cause } from '../devices/installation-events';

/** A second board uses the certificate, which is news. */
export function tellSecond(before: Device, { id, facts, boards }: Device, cause: Cause): readonly NewEvent[] {
  if (before.boards.second !== null || boards.second === null) return [];
  const { own, other } = boards.second;
  const reason = saying('device-second-board', {
    device: id,
    own: describeBoard(own),
    other: describeBoard(other),
  });
  const subject = { deviceId: id, compatible: facts.compatible };
  return [{ kind: 'device.second-board', ...cause, subject, reason }];
}

/** Another board, or the same one without its earlier state. */
export function tellFresh({ id, facts }: Device, sight: Sight, cause: Cause): readonly NewEvent[] {
  const reason = saying('device-started-afresh', { device: id, sight });
  const subject = { deviceId: id, compatible: facts.compatible };
  return [{ kind: 'device.started-afresh', ...cause, subject, reason }];
}

/** What has changed about a device. */
export function tellContact(
  before: Device,
  after: Device,
  boot: BootChange,
  { at, actor }: { readonly at: Date; readonly actor: Actor },
): NewEvent[] {
  const events: NewEvent[] = [];
  const { id } = after;
  const say = (event: Pick<NewEvent, 'kind' | 'reason' | 'before' | 'after'>) => {
    events.push({ ...event, at, actor, subject: { deviceId: id, compatible: after.facts.compatible } });
  };
  const serial = after.certificates.find(
    (one) => !before.certificates.some((known) => known.serial === one.serial),
  )?.serial;
  if (serial !== undefined && before.firstContactAt !== null) {
    const reason = saying('device-certificate-seen', { device: id });
    say({ kind: 'device.certificate-seen', reason, after: { serial } });
  }
  if (before.firstContactAt === null)
    say({ kind: 'device.registered', reason: saying('device-first-contact', { device: id }) });
  if (boot === 'new') {
    say({
      kind: 'device.booted',
      reason: saying('device-booted', { device: id }),
      before: { boot_id: before.facts.bootId },
      after: { boot_id: after.facts.bootId },
    });
  }
  const [from, to] = [before.facts.systemVersion, after.facts.systemVersion];
  if (from !== to && to !== null) {
    say({
      kind: 'device.version-changed',
      reason: saying('device-version-changed', { device: id, from, to }),
      before: { system_version: from },
      after: { system_version: to },
    });
  }
  return events;
}
