import { rulesNotAsked } from '../../../src/core/rules-not-asked';

describe('the rules that had nothing to judge', () => {
  it('are told once a reason, in the order in which they are asked', () => {
    expect(
      rulesNotAsked([
        { rule: 'certificate', passed: null, message: 'unseen' },
        { rule: 'admitted', passed: true, message: 'yes' },
        { rule: 'trusted', passed: null, message: 'no bundle' },
        { rule: 'release', passed: false, message: 'none' },
        { rule: 'window', passed: null, message: 'no bundle' },
      ]),
    ).toEqual([
      { rules: ['certificate'], message: 'unseen' },
      { rules: ['trusted', 'window'], message: 'no bundle' },
    ]);
  });

  it('are none when each could be asked', () => {
    expect(rulesNotAsked([{ rule: 'admitted', passed: false, message: 'no' }])).toEqual([]);
  });
});
