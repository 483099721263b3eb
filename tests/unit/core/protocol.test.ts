import { carriesAll, noLimits } from '../../../src/core/protocol';

describe('a protocol', () => {
  it('carries bundles of every kind when nothing limits it', () => {
    expect(carriesAll(noLimits)).toBe(true);
    expect(carriesAll({ ...noLimits, tellsOutcome: false })).toBe(true);
  });

  it.each(['carriesPlain', 'carriesUnencryptedCrypt', 'carriesUnversioned'] as const)(
    'does not when one is left out: %s',
    (limit) => {
      expect(carriesAll({ ...noLimits, [limit]: false })).toBe(false);
    },
  );
});
