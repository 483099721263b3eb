import { summarizeOutcomes } from '../../../src/core/release-outcome';

describe('what a release came to', () => {
  it('is counted in devices', () => {
    expect(summarizeOutcomes({})).toMatchObject({ devices: 0, proven: 0, failed: 0, rolledBack: 0 });
    expect(
      summarizeOutcomes({ proven: 5, failed: 2, 'rolled-back': 3, downloading: 7, withdrawn: 100 }),
    ).toMatchObject({ devices: 17, proven: 5, failed: 5, rolledBack: 3 });
  });
});
