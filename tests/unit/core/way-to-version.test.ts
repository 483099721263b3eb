import { parseVersionRange } from '../../../src/core/version-range';
import { wayToVersion } from '../../../src/core/way-to-version';
import { bundleOf, type ReleaseChange, releaseOf } from '../../support/fleet-factory';

const range = parseVersionRange('>=2 <3');

const release = (version: string | null, change: ReleaseChange = {}) =>
  releaseOf('board', { channel: 'bridge', bundle: bundleOf('board', version), ...change });

const way = (
  running: string | null,
  releases: readonly ReturnType<typeof release>[],
  bundles: readonly ReturnType<typeof bundleOf>[] = [],
) => wayToVersion(range, running, releases, bundles);

describe('the way to a version that a release starts from', () => {
  it('is the first channel that leads there', () => {
    const channel = { kind: 'channel', channel: 'bridge', version: '2.1' };
    expect(way('1.0', [release('2.1')])).toEqual(channel);
    expect(way(null, [release('2.1')])).toEqual(channel);
    expect(way('1.0', [release('3.0', { channel: 'stable' }), release('2.1')])).toEqual(channel);
    expect(way('1.0', [release('2.1'), release('2.2', { channel: 'beta' })])).toEqual(channel);
  });

  it.each<[string, string, ReturnType<typeof release>]>([
    ['has no version', '1.0', release(null)],
    ['has no manifest', '1.0', release('2.1', { bundle: bundleOf(null) })],
    ['is not in the range', '1.0', release('3.0')],
    ['is paused', '1.0', release('2.1', { rollout: { state: 'paused' } })],
    ['is older than what the device runs', '3.5', release('2.1')],
    ['is what the device runs', '2.1', release('2.1')],
    ['starts from other versions', '1.0', release('2.1', { policy: { from: parseVersionRange('=1.5') } })],
  ])('is not a channel whose release %s', (_why, running, one) => {
    expect(way(running, [one])).toBeNull();
  });

  it('is a channel that allows downgrades', () => {
    expect(way('3.5', [release('2.1', { policy: { allowDowngrade: true } })])).toMatchObject({
      channel: 'bridge',
    });
  });

  it('is else the newest bundle there, pinned', () => {
    const bundles = ['2.1', '2.10', '2.9', '3.0', null, 'odd version'].map((version) =>
      bundleOf('board', version),
    );
    expect(way('1.0', [], bundles)).toEqual({ kind: 'pin', bundleName: 'board-2.10.raucb', version: '2.10' });
    expect(way('1.0', [], bundles.slice(3))).toBeNull();
    expect(way('1.0', [release('2.1')], bundles)).toMatchObject({ kind: 'channel' });
  });

  it('is none where nothing leads there', () => {
    expect(way('1.0', [])).toBeNull();
  });
});
