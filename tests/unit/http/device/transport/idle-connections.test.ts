import type { Connection } from '../../../../../src/http/device/transport/connections';
import { IdleConnections } from '../../../../../src/http/device/transport/idle-connections';

const quietMs = 30_000;
const lateMs = 10_000; // of the rule's own
const maxQuietTimes = 3;

let nowMs: number;
let idle: IdleConnections;
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 2);
  idle = new IdleConnections(() => new Date(nowMs), quietMs, maxQuietTimes);
});

/** A connection of which only that is there which the rule touches. */
function connection(openRequests: number, version: 1 | 2 = 1) {
  const socket = { destroy: jest.fn(), destroySoon: jest.fn(), setTimeout: jest.fn() };
  const session = version === 1 ? null : { close: jest.fn(), setTimeout: jest.fn() };
  const fake = { socket, session, openRequests, isEnding: false };
  return { ...fake, socket, session, quiet: () => idle.onQuiet(fake as unknown as Connection), fake };
}

function quietAfter(ms: number, one: { quiet(): void }): void {
  nowMs += ms;
  one.quiet();
}

it('ends a connection without a request at once', () => {
  const [old, young] = [connection(0, 1), connection(0, 2)];
  old.quiet();
  young.quiet();
  expect(old.socket.destroySoon).toHaveBeenCalledTimes(1);
  expect(young.session?.close).toHaveBeenCalledTimes(1);
  expect([old.fake.isEnding, young.fake.isEnding]).toEqual([true, true]);
});

it('ends a connection with a request after so many quiet times in a row, and not before', () => {
  const one = connection(1);
  one.quiet();
  quietAfter(quietMs, one);
  expect(one.socket.destroy).not.toHaveBeenCalled();
  expect(one.socket.setTimeout.mock.calls).toEqual([[quietMs], [quietMs]]);
  quietAfter(quietMs, one);
  expect(one.socket.destroy).toHaveBeenCalledTimes(1);
});

it.each([
  ['the timer is as late as it may be', quietMs + lateMs - 1, 1],
  ['something moved in between', quietMs + lateMs, 0],
  ['the clock was set back by a little', -quietMs, 1],
  ['the clock was set back by more', -(quietMs + lateMs), 0],
])('counts on when %s: after %d ms', (_what, ms, destroyed) => {
  const one = connection(1);
  one.quiet();
  quietAfter(quietMs, one);
  quietAfter(ms, one);
  expect(one.socket.destroy).toHaveBeenCalledTimes(destroyed);
});

it('begins to count again when something moved in between', () => {
  const one = connection(1);
  one.quiet();
  quietAfter(quietMs, one);
  quietAfter(quietMs + lateMs, one);
  quietAfter(quietMs, one);
  expect(one.socket.destroy).not.toHaveBeenCalled();
  quietAfter(quietMs, one);
  expect(one.socket.destroy).toHaveBeenCalledTimes(1);
});

it('arms the timer of an HTTP/2 session each time, which forgets whom to call', () => {
  const one = connection(1, 2);
  one.quiet();
  const [ms, again] = one.session?.setTimeout.mock.calls[0] as [number, () => void];
  expect(ms).toBe(quietMs);
  nowMs += quietMs;
  again();
  nowMs += quietMs;
  again();
  expect(one.socket.destroy).toHaveBeenCalledTimes(1);
  expect(one.socket.setTimeout).not.toHaveBeenCalled();
});

it('keeps the counts of connections apart', () => {
  const [one, other] = [connection(1), connection(1)];
  one.quiet();
  quietAfter(quietMs, one);
  other.quiet();
  quietAfter(quietMs, other);
  expect(other.socket.destroy).not.toHaveBeenCalled();
});

it('cuts a connection with a request after half an hour without a byte, unless something else is said', () => {
  const patient = new IdleConnections(() => new Date(nowMs), 300_000);
  const { socket, fake } = connection(1);
  const beganMs = nowMs;
  for (; socket.destroy.mock.calls.length === 0; nowMs += 300_000)
    patient.onQuiet(fake as unknown as Connection);
  expect(nowMs - beganMs).toBe(6 * 300_000);
});
