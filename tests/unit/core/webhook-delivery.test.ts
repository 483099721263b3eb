import { circumstance } from '../../../src/core/circumstances/catalogue';
import { afterAttempt, withoutEvent } from '../../../src/core/webhook-delivery';
import { shownError } from '../../../src/core/webhook-error';

const hourMs = 3_600_000;
const at = new Date('2026-11-02T12:00:00Z');
const since = new Date('2026-11-01T12:00:00Z');
const fresh = { attempts: 0, failingSince: null, lastError: null };
const tried = (attempts: number) => ({ attempts, failingSince: since, lastError: 'it is down' });
const failure = { failure: 'it is down', at, failedForMs: 0, random: 0.5 };

describe('an attempt to deliver an event', () => {
  it('ends the delivery when the receiver takes it, and keeps what it came through', () => {
    const taken = { ...failure, failure: null };
    const ended = { state: 'delivered', nextAttemptAt: null, endedAt: at };
    expect(afterAttempt(fresh, taken)).toEqual({ ...fresh, ...ended });
    expect(afterAttempt(tried(3), taken)).toEqual({ ...tried(3), ...ended });
  });

  it('that fails is followed by another, later each time', () => {
    expect(afterAttempt(fresh, failure)).toEqual({
      state: 'waiting',
      attempts: 1,
      nextAttemptAt: new Date(at.getTime() + 5_000),
      failingSince: at,
      lastError: 'it is down',
      endedAt: null,
    });
    expect(afterAttempt(tried(2), { ...failure, failure: 'no' })).toMatchObject({
      attempts: 3,
      nextAttemptAt: new Date(at.getTime() + 20_000),
      failingSince: since,
      lastError: 'no',
    });
  });

  it.each([
    [8, 24 * hourMs, 'waiting'],
    [9, 24 * hourMs - 1, 'waiting'],
    [9, 24 * hourMs, 'gave-up'],
  ])('that fails after %i others and %i ms leaves it %s', (attempts, failedForMs, state) => {
    const progress = afterAttempt(tried(attempts), { ...failure, failedForMs });
    expect(progress).toMatchObject({ state, attempts: attempts + 1 });
    expect(progress.nextAttemptAt === null).toBe(state === 'gave-up');
    expect(progress.endedAt).toEqual(state === 'gave-up' ? at : null);
  });

  it('is not made when the event is gone: the delivery is given up', () => {
    expect(withoutEvent(tried(2), at)).toMatchObject({
      state: 'gave-up',
      attempts: 2,
      endedAt: at,
      lastError: circumstance('event-pruned'),
    });
  });
});

describe('what is shown of an error', () => {
  const url = 'https://receiver.test:8443/hook/t0ken?key=s3cret';
  const secret = 'whsec_c2VjcmV0';

  it.each([
    [`cannot call ${url}`, 'cannot call …'],
    ['cannot call /hook/t0ken?key=s3cret', 'cannot call …'],
    ['cannot call https://other.test/path?key=other', 'cannot call https://other.test/…'],
    ['it was moved to ?key=other', 'it was moved to ?…'],
    [`it knows ${secret}`, 'it knows …'],
    ['two\nlines\u0000', 'two lines '],
    ['getaddrinfo ENOTFOUND receiver.test', 'getaddrinfo ENOTFOUND receiver.test'],
    ['connect ECONNREFUSED 192.0.2.1:8443', 'connect ECONNREFUSED 192.0.2.1:8443'],
    ['it answered with HTTP 500', 'it answered with HTTP 500'],
  ])('of %j is %j', (message, shown) => expect(shownError(message, { url, secret })).toBe(shown));

  it('is short', () => expect(shownError('x'.repeat(1_000), { url, secret })).toHaveLength(300));

  it('is whole when the URL has no path', () =>
    expect(shownError('a/b: no', { url: 'https://receiver.test/', secret })).toBe('a/b: no'));
});
