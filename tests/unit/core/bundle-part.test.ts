import { type BundlePart, partOf } from '../../../src/core/bundle-part';
import { bundleOf } from '../../support/fleet-factory';

/** Payload up to 8191, the signature up to 9991, and the trailer of eight bytes. */
const bundle = {
  ...bundleOf('board'),
  sizeBytes: 10_000,
  inspection: { ...bundleOf('board').inspection, payloadSizeBytes: 8192 },
};

describe('a range of a bundle', () => {
  it.each<[BundlePart, number, number]>([
    ['other', 0, 3],
    ['payload', 0, 4],
    ['payload', 0, 9_999],
    ['other', 8_188, 8_191],
    ['payload', 8_191, 9_991],
    ['signature', 8_192, 9_991],
    ['signature', 8_192, 9_999],
    ['other', 8_192, 9_990],
    ['other', 8_193, 9_991],
    ['other', 9_992, 9_999],
  ])('is %s: bytes %d to %d', (part, start, end) => {
    expect(partOf(bundle, { start, end })).toBe(part);
  });

  it('is payload of a bundle whose payload nobody knows', () => {
    const unknown = { ...bundle, inspection: { ...bundle.inspection, payloadSizeBytes: null } };
    expect(partOf(unknown, { start: 9_000, end: 9_999 })).toBe('payload');
  });
});
