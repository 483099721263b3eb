import type { Connection } from '../../../../../src/http/device/transport/connections';
import { StillConnections } from '../../../../../src/http/device/transport/still-connections';

const quietMs = 300_000;
let nowMs: number;
let stuck: unknown[];
let still: StillConnections;
beforeEach(() => {
  nowMs = 1_000_000;
  stuck = [];
  still = new StillConnections({
    quietMs,
    monotonicMs: () => nowMs,
    onStuck: (connection) => stuck.push(connection),
  });
});

/** A connection of which only that is there which the rule touches. */
function connection(openRequests: number, isWaiting: boolean, isHttp2 = true) {
  const pings: ((error: Error | null) => void)[] = [];
  const session = {
    destroyed: false,
    close: jest.fn(),
    ping: (callback: (error: Error | null) => void) => pings.push(callback),
  };
  const socket = { destroy: jest.fn(), destroySoon: jest.fn() };
  const fake = { socket, session: isHttp2 ? session : null, openRequests, movedAtMs: nowMs, isEnding: false };
  const it = { ...fake, memory: { isWaiting } };
  const one = {
    it,
    look: (times = 1) => {
      for (let i = 0; i < times; i++) still.look(it as unknown as Connection);
    },
    session,
    socket,
    pings,
  };
  one.look(4); // the next look may conclude something
  return one;
}

it.each([true, false])(
  'ends one without a request after the quiet time, not before (HTTP/2: %s)',
  (isHttp2) => {
    const one = connection(0, false, isHttp2);
    const { mock } = isHttp2 ? one.session.close : one.socket.destroySoon;
    nowMs += quietMs - 1;
    one.look();
    expect(mock.calls).toHaveLength(0);
    nowMs += 1;
    one.look();
    expect(mock.calls).toHaveLength(1);
    one.look(); // it did not go
    expect(one.socket.destroy).toHaveBeenCalledTimes(1);
  },
);

it('takes one with a request for stuck after half an hour, not before, and not when bytes moved', () => {
  const one = connection(1, false, false);
  nowMs += 6 * quietMs - 1;
  one.look();
  expect(stuck).toHaveLength(0);
  one.it.movedAtMs = nowMs;
  one.look(4);
  nowMs += 6 * quietMs - 1;
  one.look();
  expect(stuck).toHaveLength(0);
  nowMs += 1;
  one.look();
  expect(stuck).toEqual([one.it]);
});

describe('one whose requests wait for others', () => {
  const asked = () => {
    const one = connection(100, true);
    nowMs += quietMs;
    one.look();
    expect(one.pings).toHaveLength(1);
    expect(stuck).toHaveLength(0);
    return one;
  };

  it('is stuck when it answers a ping and takes nothing', () => {
    const one = asked();
    one.pings[0]?.(null);
    expect(stuck).toEqual([one.it]);
  });

  it('is slow when something left before the ping was answered', () => {
    const one = asked();
    one.it.movedAtMs = nowMs;
    one.pings[0]?.(null);
    expect(stuck).toHaveLength(0);
  });

  it('is slow when the ping is not answered', () => {
    asked().pings[0]?.(new Error('the session is over'));
    expect(stuck).toHaveLength(0);
  });

  it('is not asked when it is over', () => {
    const one = connection(100, true);
    one.session.destroyed = true;
    nowMs += quietMs;
    one.look();
    expect(one.pings).toHaveLength(0);
  });
});

it('gives a process that stood still time to hear what came meanwhile', () => {
  const one = connection(1, false);
  one.it.movedAtMs += 1;
  nowMs += 10 * quietMs;
  one.look(4);
  expect(stuck).toHaveLength(0);
});

it('cuts one that ends already, and whose requests do not, without telling of it again', () => {
  const one = connection(1, false);
  one.it.isEnding = true;
  nowMs += 6 * quietMs;
  one.look();
  expect(one.socket.destroy).toHaveBeenCalledTimes(1);
  expect(stuck).toHaveLength(0);
});
