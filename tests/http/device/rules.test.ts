import fc from 'fast-check';
import type { Bundle } from '../../../src/core/bundle';
import type { Connection } from '../../../src/http/device/connections';
import { createDownloadLog } from '../../../src/http/device/download-log';
import { createIdleRule } from '../../../src/http/device/idle-connections';
import { boundedLine } from '../../../src/http/device/log';
import { decideRange } from '../../../src/http/device/range';

describe('the range that a header asks for', () => {
  it('never leaves the file, whatever the header', () => {
    const number = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
      fc.nat(5000).map(String),
      fc.constant(''),
    );
    const header = fc.oneof(
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
      fc.string(),
      fc.string().map((text) => `bytes=${text}`),
    );
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 4000 }), (text, size) => {
        const answer = decideRange(text, size);
        if (answer.kind !== 'part') return;
        expect(answer.start).toBeGreaterThanOrEqual(0);
        expect(answer.end).toBeGreaterThanOrEqual(answer.start);
        expect(answer.end).toBeLessThan(size);
      }),
    );
  });

  it('is exact beyond 2^32', () => {
    const size = 2 ** 43 + 1;
    expect(decideRange(`bytes=${2 ** 43 - 1}-${2 ** 43}`, size)).toEqual({
      kind: 'part',
      start: 2 ** 43 - 1,
      end: 2 ** 43,
    });
  });

  it('is read in time that grows with the header, not faster', () => {
    const begin = performance.now();
    decideRange(`bytes=${', '.repeat(8_000)}x`, 10);
    expect(performance.now() - begin).toBeLessThan(200);
  });
});

describe('a connection on which nothing moves', () => {
  const quietMs = 300_000;
  function connectionWith(openRequests: number) {
    const done: string[] = [];
    const socket = {
      destroy: () => done.push('destroyed'),
      destroySoon: () => done.push('ended'),
      setTimeout: () => done.push('waits'),
    };
    return {
      done,
      connection: { socket, session: null, openRequests, isEnding: false } as unknown as Connection,
    };
  }

  it('ends when no request runs on it', () => {
    const { done, connection } = connectionWith(0);
    createIdleRule(() => new Date(0), quietMs)(connection);
    expect(done).toEqual(['ended']);
  });

  it('may be slow with a request, and is cut after half an hour without a byte', () => {
    let nowMs = 0;
    const { done, connection } = connectionWith(1);
    const onQuiet = createIdleRule(() => new Date(nowMs), quietMs);
    for (; done.at(-1) !== 'destroyed'; nowMs += quietMs) onQuiet(connection);
    expect(nowMs).toBe(6 * quietMs);
  });

  it('is not cut when bytes moved in between', () => {
    let nowMs = 0;
    const { done, connection } = connectionWith(1);
    const onQuiet = createIdleRule(() => new Date(nowMs), quietMs);
    for (let i = 0; i < 50; i++, nowMs += quietMs + 60_000) onQuiet(connection);
    expect(done).not.toContain('destroyed');
  });
});

it('lets few lines through and counts the others', () => {
  let nowMs = 0;
  const lines: object[] = [];
  const write = boundedLine(
    (facts) => lines.push(facts),
    () => new Date(nowMs),
    1000,
  );
  for (; nowMs < 3000; nowMs += 100) write({ nowMs }, 'refused');
  expect(lines).toEqual([{ nowMs: 0 }, { nowMs: 1000, leftOut: 9 }, { nowMs: 2000, leftOut: 9 }]);
  nowMs = -5000; // the clock was set back
  write({ nowMs }, 'refused');
  expect(lines).toHaveLength(4);
});

it('tells a download once in a while for each device and bundle, and forgets the oldest of very many', () => {
  const lines: unknown[] = [];
  const ignore = () => undefined;
  const log = { debug: ignore, warn: ignore, error: ignore, info: (facts: object) => lines.push(facts) };
  let nowMs = 0;
  const tell = createDownloadLog(log, () => new Date(nowMs));
  const bundle = { name: 'a.raucb', sha256: 'aa' } as Bundle;
  const device = (id: string) => ({ id, certificateSerial: '01', compatibles: [] });
  for (let i = 0; i < 1000; i++) tell(device('board-1'), bundle);
  expect(lines).toHaveLength(1);
  tell(device('board-2'), bundle);
  tell(device('board-1'), { ...bundle, sha256: 'bb' });
  expect(lines).toHaveLength(3);
  nowMs += 3_600_000;
  tell(device('board-1'), bundle);
  expect(lines).toHaveLength(4);
  for (let i = 0; i < 10_000; i++) tell(device(`fleet-${i}`), bundle);
  tell(device('board-1'), bundle);
  expect(lines).toHaveLength(10_005);
});
