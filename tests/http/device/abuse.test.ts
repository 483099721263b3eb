import { attackNames } from '../../../bench/abuse/attacks';
import { type AbuseBench, openAbuseBench } from '../../../bench/abuse/measure';

const seconds = 4;
/** A busy machine only ever makes it slower: once is enough. */
const tries = 6;
/** What 99 of 100 requests stay under. Where the machine is busy otherwise, what they take without an attack counts. */
const slowestMs = 250;
const noise = 4;
/** Twice what a device may have on 16 connections is 6 MiB; the rest is V8's, the allocator's, and the thread's that judges bundles. */
const mostGrownBytes = 256 << 20;

describe('one device that does its worst', () => {
  let bench: AbuseBench;
  beforeAll(async () => {
    bench = await openAbuseBench();
  });
  afterAll(() => bench.close());

  it.each(attackNames)(
    'leaves the others quick, and memory bounded: %s',
    async (attack) => {
      const tooSlow: object[] = [];
      while (tooSlow.length < tries) {
        const quiet = await bench.measure(null, 1);
        const attacked = await bench.measure(attack, seconds);
        expect(attacked.failures).toEqual([]);
        expect(attacked.grownBytes).toBeLessThan(mostGrownBytes);
        if (attacked.p99Ms < Math.max(slowestMs, noise * quiet.p99Ms)) return;
        tooSlow.push({ quietMs: quiet.p99Ms, attackedMs: attacked.p99Ms });
      }
      expect(tooSlow).toEqual([]);
    },
    180_000,
  );
});
