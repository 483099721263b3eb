import {
  type AssignmentWindow,
  assignmentWindowAt,
  isAssignmentWindowOpen,
  parseAssignmentWindow,
} from '../../../src/core/assignment-window';
import { DomainError } from '../../../src/core/errors';

const monday = new Date('2026-11-23T12:00:00Z');
const windowOf = (schedule: string, duration = '01:00:00', timezone = '+00:00'): AssignmentWindow => ({
  schedule,
  duration,
  timezone,
});

describe('the window of an assignment', () => {
  it.each([
    ['0 30 2 ? * *', '2026-11-23T02:29:59Z', false],
    ['0 30 2 ? * *', '2026-11-23T02:30:00Z', true],
    ['0 30 2 ? * *', '2026-11-23T03:29:59.999Z', true],
    ['0 30 2 ? * *', '2026-11-23T03:30:00Z', false],
    // It stays open over midnight.
    ['0 30 23 ? * MON', '2026-11-24T00:15:00Z', true],
    ['0 30 23 ? * MON', '2026-11-25T00:15:00Z', false],
    ['15 0 12 ? 11 * 2026', '2026-11-23T12:00:14Z', false],
    ['15 0 12 ? 11 * 2026', '2026-11-23T12:00:15Z', true],
    ['15 0 12 ? 11 * 2026', '2026-12-23T12:00:15Z', false],
    ['15 0 12 ? 11 * 2026', '2027-11-23T12:00:15Z', false],
    ['0 0 0 1,15 * ?', '2026-11-15T00:59:00Z', true],
    ['0 0 0 1,15 * ?', '2026-11-16T00:59:00Z', false],
    ['0 0 22-23 ? JAN-MAR,nov sun', '2026-11-22T23:59:00Z', true],
    ['0 0 22-23 ? JAN-MAR,nov sun', '2026-10-25T23:59:00Z', false],
    // A range may wrap, as in Quartz.
    ['0 0 3 ? * FRI-MON', '2026-11-23T03:00:00Z', true],
    ['0 0 3 ? * FRI-MON', '2026-11-24T03:00:00Z', false],
    ['0 0 3 ? * FRI-MON', '2026-11-27T03:00:00Z', true],
    ['0 0 3 ? * FRI-MON/2', '2026-11-22T03:00:00Z', true],
    ['0 0 3 ? * FRI-MON/2', '2026-11-23T03:00:00Z', false],
    ['0 0 22-2 ? * *', '2026-11-23T01:30:00Z', true],
    ['0 0/90 1 ? * *', '2026-11-23T01:00:00Z', 'minutes'],
    ['0 0 */6 ? * *', '2026-11-23T18:59:59Z', true],
    ['0 0 */6 ? * *', '2026-11-23T19:00:00Z', false],
    ['0 0 1/6 ? * *', '2026-11-23T07:30:00Z', true],
  ])('%s at %s: %s', (schedule, at, expected) => {
    const asked = () => isAssignmentWindowOpen(windowOf(schedule), new Date(at));
    if (typeof expected === 'string') expect(asked).toThrow(DomainError);
    else expect(asked()).toBe(expected);
  });

  it.each([
    ['0 30 2 ? * *', '2026-11-23T02:30:00Z', 'open'],
    ['0 30 2 ? * *', '2026-11-23T03:30:00Z', '2026-11-24T02:30:00.000Z'],
    ['0 30 2 ? * *', '2026-11-23T02:29:59.001Z', '2026-11-23T02:30:00.000Z'],
    ['0 0 2 ? * SUN', '2026-11-23T12:00:00Z', '2026-11-29T02:00:00.000Z'],
    ['15 10,40 8-9 ? * *', '2026-11-23T07:00:00Z', '2026-11-23T08:10:15.000Z'],
    ['0 0 12 29 FEB ? *', '2026-11-23T12:00:00Z', '2028-02-29T12:00:00.000Z'],
    ['0 0 12 1 1 ? 2026-2027', '2026-11-23T12:00:00Z', '2027-01-01T12:00:00.000Z'],
    ['0 0 11 23 11 ? 2026', '2026-11-23T12:00:00Z', 'over'],
  ])('%s at %s: when it opens next is %s', (schedule, at, expected) => {
    const told = assignmentWindowAt(windowOf(schedule), new Date(at));
    expect(told.state === 'closed' ? told.opensAt.toISOString() : told.state).toBe(expected);
  });

  it('opens next on the clock of its offset', () => {
    const berlin = windowOf('0 0 1 ? * TUE', '02:00:00', '+01:00');
    expect(assignmentWindowAt(berlin, monday)).toEqual({
      state: 'closed',
      opensAt: new Date('2026-11-24T00:00:00Z'),
    });
  });

  it('is on the clock of its offset', () => {
    const berlin = windowOf('0 0 1 ? * TUE', '02:00:00', '+01:00');
    expect(isAssignmentWindowOpen(berlin, new Date('2026-11-23T23:59:59Z'))).toBe(false);
    expect(isAssignmentWindowOpen(berlin, new Date('2026-11-24T00:00:00Z'))).toBe(true);
    const west = windowOf('0 0 20 ? * MON', '02:00:00', '-05:30');
    expect(isAssignmentWindowOpen(west, new Date('2026-11-24T01:30:00Z'))).toBe(true);
  });

  it.each([
    windowOf('0 0 0 29 FEB ?'),
    windowOf('1 0 12 ? 11 MON 2026', '00:00:01', '+14:00'),
    windowOf('0 0 12 30 11 ? 2026-2027', '23:59:59'),
    windowOf('1 0 11 23 11 ? 2026'), // it is open for the last time
    windowOf('0 0 23 22 11 ? 2026', '14:00:00'), // since yesterday
    windowOf('0 0 0 1 1 ? 2099'),
  ])('is taken as it is: %j', (window) => {
    expect(parseAssignmentWindow(window, monday)).toBe(window);
  });

  it.each([
    ['schedule', windowOf('')],
    ['schedule', windowOf('0 0 0 ? *')],
    ['schedule', windowOf('0 0 0 ? * * * *')],
    ['schedule', windowOf('0 0 0 31 FEB ?')],
    ['schedule', windowOf('0 0 11 23 11 ? 2026')], // it has just closed for the last time
    ['schedule', windowOf(`0 0 0 ${'1,'.repeat(60)}1 * ?`)], // it is long
    ['schedule', windowOf('0 0 0 ? * * 2025')],
    ['seconds', windowOf('60 0 0 ? * *')],
    ['years', windowOf('0 0 0 ? * * 2028-2027')],
    ['hours', windowOf('0 0 1-2-3 ? * *')],
    ['hours', windowOf('0 0 0/0 ? * *')],
    ['hours', windowOf('0 0 , ? * *')],
    ['days', windowOf('0 0 0 L * ?')],
    ['days', windowOf('0 0 0 0 * ?')],
    ['months', windowOf('0 0 0 ? 13 *')],
    ['weekdays', windowOf('0 0 0 ? * MON#2')],
    ['weekdays', windowOf('0 0 0 ? * 8')],
    ['years', windowOf('0 0 0 ? * * 99999')],
    ['duration', windowOf('0 0 0 ? * *', '24:00:00')],
    ['duration', windowOf('0 0 0 ? * *', '00:00:00')],
    ['duration', windowOf('0 0 0 ? * *', '1h')],
    ['timezone', windowOf('0 0 0 ? * *', '01:00:00', 'Europe/Berlin')],
    ['timezone', windowOf('0 0 0 ? * *', '01:00:00', '+15:00')],
  ])('is refused for its %s: %j', (part, window) => {
    let refused: unknown;
    try {
      parseAssignmentWindow(window, monday);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ code: 'invalid-input', reason: { parameters: { part } } });
  });
});
