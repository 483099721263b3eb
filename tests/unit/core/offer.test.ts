import { sentenceOf } from '../../../src/core/offer-sentences';
import { decideOffer } from '../../../src/core/offer';
import type { Release } from '../../../src/core/release';
import { parseVersionRange } from '../../../src/core/version-range';
import { askingDevice, poll, releaseOf, terms } from '../../support/fleet-factory';

function decide(
  compatible: string | null,
  boundCompatibles: readonly string[],
  releases: readonly Release[],
) {
  return decideOffer(askingDevice({ compatible, boundCompatibles }), releases, poll, terms);
}

describe('decideOffer', () => {
  const board = releaseOf('board', { id: 3 });
  const all = [
    releaseOf('other', { id: 1 }),
    releaseOf('board', { id: 2, channel: 'beta' }),
    board,
    releaseOf('Board', { id: 4 }),
  ];

  it('offers the release of exactly the compatible, on the default channel', () => {
    expect(decide('board', [], all)).toMatchObject({
      kind: 'bundle',
      compatible: 'board',
      bundle: board.bundle,
      release: board,
    });
  });

  it('offers nothing where nothing is released, whatever else there is', () => {
    for (const compatible of ['gw', 'boar', 'board ', 'BOARD', ''])
      expect(decide(compatible, [], all)).toMatchObject({
        kind: 'nothing',
        compatible,
        reason: 'no-release',
      });
    expect(decide('board', [], [])).toMatchObject({ kind: 'nothing', reason: 'no-release' });
    const beta = [releaseOf('board', { channel: 'beta' })];
    expect(decide('board', [], beta)).toMatchObject({ kind: 'nothing', reason: 'no-release' });
  });

  it('offers nothing to a device that has no compatible', () => {
    expect(decide(null, [], all)).toMatchObject({ kind: 'nothing', compatible: '', reason: 'no-compatible' });
  });

  it('offers a bound device only what it is bound to', () => {
    expect(decide('board', ['board'], all)).toMatchObject({ kind: 'bundle' });
    expect(decide('board', ['other', 'board'], all)).toMatchObject({ kind: 'bundle' });
    expect(decide('board', ['other'], all)).toMatchObject({ kind: 'nothing', reason: 'not-its-compatible' });
  });

  it('starts a rebuilt bundle of the same version only from the versions that its release names', () => {
    const device = askingDevice({
      systemVersion: board.bundle.inspection.manifest?.version ?? null,
      provenSha256: 'a'.repeat(64),
      tellsSlot: true,
    });
    const from = (text: string) =>
      decideOffer(device, [releaseOf('board', { policy: { from: parseVersionRange(text) } })], poll, terms);
    expect(from('>=0')).toMatchObject({ kind: 'bundle' });
    expect(from(`>${device.systemVersion ?? ''}`)).toMatchObject({ kind: 'nothing', reason: 'outside-from' });
  });

  it('tells a person why there is nothing', () => {
    const offers = [decide(null, [], []), decide('a', [], []), decide('a', ['b'], [])];
    for (const offer of offers)
      expect(offer.kind === 'nothing' && sentenceOf(offer.because)).toMatch(/\w+ \w+/);
  });
});
