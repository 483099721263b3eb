import { PieceBuffers } from '../../../../../src/http/device/transport/piece-buffers';

const kib = 1 << 10;

it('has buffers of the next power of two, and uses again what was given back', () => {
  const buffers = new PieceBuffers(1024 * kib);
  const one = buffers.take(100 * kib);
  expect(one).toHaveLength(128 * kib);
  buffers.giveBack(one);
  expect(buffers.freeBytes).toBe(128 * kib);
  expect(buffers.take(64 * kib)).toHaveLength(64 * kib); // not the larger one
  expect(buffers.take(128 * kib)).toBe(one);
  expect(buffers.take(128 * kib)).not.toBe(one);
  expect(buffers.freeBytes).toBe(0);
  expect(buffers.take(1)).toHaveLength(4 * kib);
});

it('keeps no more than its limit', () => {
  const buffers = new PieceBuffers(300 * kib);
  const taken = [256, 32, 32].map((size) => buffers.take(size * kib));
  for (const one of taken) buffers.giveBack(one);
  expect(buffers.freeBytes).toBe(288 * kib);
});

it('keeps none that is larger than a piece', () => {
  const buffers = new PieceBuffers(4096 * kib);
  buffers.giveBack(buffers.take(257 * kib));
  expect(buffers.freeBytes).toBe(0);
});
