import { pinTermsSentences, type ToldPinTerms } from '../../../../src/core/circumstances/pin-sentences';

const at = new Date('2026-11-23T12:00:00Z');
const windowOf = (schedule: string) => ({ schedule, duration: '01:00:00', timezone: '+00:00' });
const plain: ToldPinTerms = { kind: 'forced', forced_at: null, window: null };
const saysOf = (terms: Partial<ToldPinTerms>) =>
  pinTermsSentences({ ...plain, ...terms }, at, (moment) => moment.toISOString());

describe('what the terms of a pin mean', () => {
  it('is nothing for one that is installed at once', () => {
    expect(saysOf({})).toEqual([]);
    expect(saysOf({ kind: 'of-a-later-version' })).toEqual([]);
  });

  it.each<[Partial<ToldPinTerms>, RegExp]>([
    [{ kind: 'soft' }, /^Soft: the device decides when .* unpin the device and pin it again\.$/],
    [{ kind: 'soft', forced_at: '2026-11-24T00:00:00Z' }, /^Soft until 2026-11-24T00:00:00\.000Z: /],
    [{ kind: 'soft', forced_at: '2026-11-23T12:00:00Z' }, /^Forced since 2026-11-23T12:00:00\.000Z: /],
    [{ kind: 'downloadonly' }, /^Download only: .* unpin the device and pin it again\.$/],
    [{ window: windowOf('0 30 11 ? * *') }, /\(0 30 11 \? \* \*, 01:00:00, \+00:00\) is open now\.$/],
    [{ window: windowOf('0 0 2 ? * *') }, / opens next on 2026-11-24T02:00:00\.000Z; /],
    [{ window: windowOf('0 0 2 ? * * 2025') }, / does not open again\. Unpin the device, /],
  ])('is said of %j', (terms, expected) => {
    const said = saysOf(terms);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
  });

  it('is the kind and the window, if it has both', () => {
    expect(saysOf({ kind: 'downloadonly', window: windowOf('0 0 2 ? * *') })).toEqual([
      expect.stringMatching(/^Download only: /),
      expect.stringMatching(/ opens next on /),
    ]);
  });
});
