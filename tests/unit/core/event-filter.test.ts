import { type EventSubject, type JournalEvent, noSubject } from '../../../src/core/event';
import { type EventFilter, isKnownKind, isWanted } from '../../../src/core/event-filter';
import { madeAt } from '../../support/fleet-factory';

const before = new Date(madeAt.getTime() - 1);
const after = new Date(madeAt.getTime() + 1);

const subject: EventSubject = {
  deviceId: 'dev-1',
  compatible: 'board',
  channel: 'stable',
  bundleName: 'a.raucb',
  releaseId: 1,
  installationId: 2,
};

const event: JournalEvent = {
  id: 1,
  at: madeAt,
  kind: 'device.booted',
  actor: { name: 'device:dev-1', address: null },
  reason: null,
  message: 'it booted',
  subject,
  before: null,
  after: null,
  repeats: null,
};

describe('a line of the journal', () => {
  it.each<EventFilter>([
    {},
    { kinds: [] },
    { kinds: ['device.booted'] },
    { kinds: ['bundle.', 'device.'] },
    ...Object.entries(subject).map(([key, value]) => ({ [key]: value as unknown })),
    { actor: 'device:dev-1' },
    { since: madeAt },
    { until: after },
    { ...subject, kinds: ['device.'], actor: 'device:dev-1', since: before, until: after } as EventFilter,
  ])('is looked for with %j', (filter) => {
    expect(isWanted(event, filter)).toBe(true);
  });

  it.each<EventFilter>([
    { kinds: ['device.held'] },
    { kinds: ['device'] },
    { kinds: ['device.boot'] },
    { kinds: ['booted', 'bundle.'] },
    { deviceId: 'dev-2' },
    { compatible: 'other' },
    { channel: 'beta' },
    { bundleName: 'b.raucb' },
    { releaseId: 2 },
    { installationId: 1 },
    { actor: 'device:dev-2' },
    { since: after },
    { until: madeAt },
    { ...subject, actor: 'server' } as EventFilter,
    { isByPeople: true },
  ])('is not looked for with %j', (filter) => {
    expect(isWanted(event, filter)).toBe(false);
  });

  it.each<EventFilter>([{ deviceId: 'dev-1' }, { releaseId: 1 }])(
    'is not looked for with %j when it is about nothing',
    (filter) => {
      expect(isWanted({ ...event, subject: noSubject }, filter)).toBe(false);
    },
  );
});

describe('a kind that is looked for', () => {
  it.each(['device.booted', 'device.', 'installation.rolled-back'])('is one: %s', (kind) => {
    expect(isKnownKind(kind)).toBe(true);
  });

  it.each(['', '.', 'device', 'device.exploded', 'booted', 'devise.'])('is none: %j', (kind) => {
    expect(isKnownKind(kind)).toBe(false);
  });
});
