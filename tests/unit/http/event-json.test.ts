import { circumstance } from '../../../src/core/circumstances/catalogue';
import { type JournalEvent, noSubject, theServer } from '../../../src/core/event';
import { presentEvent } from '../../../src/http/event-json';

const held: JournalEvent = {
  id: 1,
  at: new Date('2026-11-01T12:00:00Z'),
  kind: 'device.held',
  actor: theServer,
  reason: null,
  message: 'board-1 is held',
  subject: noSubject,
  before: null,
  after: null,
  repeats: null,
};

describe('the facts of an event', () => {
  it('have a reason of the server as a sentence, and as a code', () => {
    const why = circumstance('held-with-pin', { why: circumstance('database-older') });
    const event = { ...held, before: { reason: why, by: 'server' }, after: { reason: 'on a desk' } };
    expect(presentEvent(event)).toMatchObject({
      before: {
        by: 'server',
        reason: 'the database was restored from an older copy. Check its pin, then lift the hold',
        reason_code: 'held-with-pin',
        reason_parameters: { why: { code: 'database-older', parameters: {} } },
      },
      after: { reason: 'on a desk' },
    });
  });

  it('have what to do in the same way, and as an earlier version stored it', () => {
    const remedy = circumstance('check-owner-and-mode');
    expect(presentEvent({ ...held, after: { serial: '12', remedy } }).after).toEqual({
      serial: '12',
      remedy: 'Check its owner and mode.',
      remedy_code: 'check-owner-and-mode',
      remedy_parameters: {},
    });
    const stored = { serial: '12', remedy: 'Check its owner and mode.' };
    expect(presentEvent({ ...held, after: stored }).after).toEqual(stored);
  });

  it('have what people wrote as it is', () => {
    expect(presentEvent({ ...held, after: { reason: 'on a desk' } }).after).toEqual({ reason: 'on a desk' });
    expect(presentEvent(held)).toMatchObject({ before: null, after: null });
  });
});
