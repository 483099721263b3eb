import { randomInt } from 'node:crypto';
import { ReadTrail } from '../../../../src/services/catalog/read-trail';

const kib = 1 << 10;
const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];

/** Reads in order. @returns after how many reads the trail is in order */
function readsUntilInOrder(trail: ReadTrail, sha256: string, stepBytes: number, from = 0): number {
  for (let step = 0; step < 1_000; step += 1)
    if (trail.follow(sha256, from + step * stepBytes, stepBytes)) return step + 1;
  return Infinity;
}

it.each([
  [4 * kib, 64],
  [64 * kib, 4],
  [128 * kib, 4],
])('knows who reads in order by %d bytes after %d reads', (stepBytes, reads) => {
  expect(readsUntilInOrder(new ReadTrail(), one, stepBytes)).toBe(reads);
});

it('follows several places at once: a file system and its hash tree, and two bundles', () => {
  const trail = new ReadTrail();
  let inOrder = 0;
  for (let step = 0; step < 128; step += 1) {
    if (trail.follow(one, step * 4 * kib, 4 * kib)) inOrder += 1;
    if (trail.follow(other, step * 4 * kib, 4 * kib)) inOrder += 1;
    trail.follow(one, (1 << 30) + randomInt(1 << 20), 4 * kib);
  }
  expect(inOrder).toBe(2 * (128 - 63));
});

it('never takes jumps, repeats or gaps for order', () => {
  const trail = new ReadTrail();
  for (let round = 0; round < 10_000; round += 1)
    expect(trail.follow(one, randomInt(1 << 18) * 4 * kib, 4 * kib)).toBe(false);
  for (let round = 0; round < 1_000; round += 1) expect(trail.follow(one, 0, 128 * kib)).toBe(false);
  for (let step = 0; step < 1_000; step += 1)
    expect(trail.follow(other, step * 128 * kib + step, 128 * kib)).toBe(false);
});
