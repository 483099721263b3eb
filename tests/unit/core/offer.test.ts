import type { Bundle } from '../../../src/core/bundle';
import { type AskingDevice, decideOffer } from '../../../src/core/offer';
import type { Release } from '../../../src/core/release';

const at = new Date('2026-11-01T00:00:00Z');

function releaseOf(compatible: string, channel = 'stable'): Release {
  const bundle: Bundle = {
    name: `${compatible}-${channel}.raucb`,
    sha256: '00'.repeat(32),
    sizeBytes: 1,
    compatible,
    uploadedAt: at,
    uploadedBy: 'local',
    inspection: {
      verdict: 'trusted',
      reasons: [],
      warnings: [],
      format: 'verity',
      encrypted: false,
      sizeBytes: 1,
      payloadSizeBytes: null,
      signatureSizeBytes: null,
      manifestHash: null,
      manifest: null,
      signerChain: [],
      recipients: [],
    },
  };
  return { compatible, channel, bundle, releasedAt: at, releasedBy: 'local' };
}

function asking(compatible: string | null, ...boundCompatibles: string[]): AskingDevice {
  return { id: 'dev-1', compatible, boundCompatibles };
}

describe('decideOffer', () => {
  const board = releaseOf('board');
  const all = [releaseOf('other'), releaseOf('board', 'beta'), board, releaseOf('Board')];

  it('offers the release of exactly the compatible, on the default channel', () => {
    expect(decideOffer(asking('board'), all)).toEqual({
      kind: 'bundle',
      compatible: 'board',
      bundle: board.bundle,
      release: board,
    });
  });

  it('offers nothing where nothing is released, whatever else there is', () => {
    for (const compatible of ['gw', 'boar', 'board ', 'BOARD', ''])
      expect(decideOffer(asking(compatible), all)).toMatchObject({
        kind: 'nothing',
        compatible,
        reason: 'no-release',
      });
    expect(decideOffer(asking('board'), [])).toMatchObject({ kind: 'nothing', reason: 'no-release' });
    const beta = [releaseOf('board', 'beta')];
    expect(decideOffer(asking('board'), beta)).toMatchObject({ kind: 'nothing', reason: 'no-release' });
  });

  it('offers nothing to a device that has no compatible', () => {
    expect(decideOffer(asking(null), all)).toMatchObject({
      kind: 'nothing',
      compatible: '',
      reason: 'no-compatible',
    });
  });

  it('offers a bound device only what it is bound to', () => {
    expect(decideOffer(asking('board', 'board'), all)).toMatchObject({ kind: 'bundle' });
    expect(decideOffer(asking('board', 'other', 'board'), all)).toMatchObject({ kind: 'bundle' });
    expect(decideOffer(asking('board', 'other'), all)).toMatchObject({
      kind: 'nothing',
      reason: 'not-its-compatible',
    });
  });

  it('tells a person why there is nothing', () => {
    const offers = [
      decideOffer(asking(null), []),
      decideOffer(asking('a'), []),
      decideOffer(asking('a', 'b'), []),
    ];
    for (const offer of offers)
      expect(offer).toMatchObject({ message: expect.stringMatching(/\w+ \w+/) as string });
  });
});
