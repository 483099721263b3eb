import { everyoneAtOnce, type RolloutPolicy } from '../../../src/core/rollout';
import { formatSteps, parsePolicy, parseSteps } from '../../../src/core/rollout-policy';
import { refusal } from '../../support/refusal';

const policyOf = (change: Partial<RolloutPolicy>): RolloutPolicy => ({ ...everyoneAtOnce, ...change });

/** Steps of one percent more each. */
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(',');

describe('steps', () => {
  it.each([
    ['100', '100'],
    ['5, 25 ,100', '5,25,100'],
    ['5 %,25%,100%', '5,25,100'],
    ['0.1,1.5,50', '0.1,1.5,50'],
    ['0.125,99.999', '0.125,99.999'],
    [upTo(20), upTo(20)],
    ['group:lab,10,group:early,100', 'group:lab,10,group:early,100'],
    ['attribute:product=gateway, 10', 'attribute:product=gateway,10'],
    ['attribute:a=b=50 %,attribute:Größe=日本 ✓,100', 'attribute:a=b=50 %,attribute:Größe=日本 ✓,100'],
    ['attribute:a=1,attribute:a=2,attribute:b=1', 'attribute:a=1,attribute:a=2,attribute:b=1'],
  ])('are read from %p', (text, told) => {
    expect(formatSteps(parsePolicy(policyOf({ steps: parseSteps(text) })).steps)).toBe(told);
  });

  it.each([
    '',
    ',',
    '5,,100',
    'half',
    '-5',
    '1e1',
    '0x10',
    '5.5.5',
    '1234',
    '5;25',
    'group:',
    'group:a b',
    '25,5',
    '5,5',
    '0',
    '101',
    'group:lab,group:lab',
    'attribute:',
    'attribute:product',
    'attribute:=gateway',
    'attribute:product=',
    'attribute:product =gateway',
    'attribute:a=1,attribute:a=1',
    `attribute:${'n'.repeat(129)}=x`,
    `attribute:a=${'x'.repeat(257)}`,
    'attribute:a=b\u0007',
    '5%5',
    '5,101',
    upTo(21),
  ])('refuses %p', (text) => {
    expect(() => parsePolicy(policyOf({ steps: parseSteps(text) }))).toThrow(refusal('invalid-input'));
  });

  it('refuses none at all', () => {
    expect(() => parsePolicy(policyOf({ steps: [] }))).toThrow(refusal('invalid-input'));
  });
});

describe('thresholds', () => {
  it.each<Partial<RolloutPolicy>>([
    { promoteAtPercent: 0 },
    { promoteAtPercent: 100.5 },
    { promoteAtPercent: NaN },
    { pauseAtPercent: 0 },
    { pauseAtPercent: 101 },
    { pauseAtFailures: 0 },
    { pauseAtFailures: 1.5 },
    { pauseAtFailures: NaN },
    { maxInProgress: 0 },
    { maxInProgress: -1 },
    { maxInProgress: Infinity },
  ])('refuses %p', (change) => {
    expect(() => parsePolicy(policyOf(change))).toThrow(refusal('invalid-input'));
  });

  it.each<Partial<RolloutPolicy>>([
    { promoteAtPercent: 0.5, pauseAtPercent: 100 },
    { promoteAtPercent: 100, pauseAtFailures: 1, maxInProgress: 1 },
  ])('takes %p', (change) => {
    expect(parsePolicy(policyOf(change))).toMatchObject(change);
  });
});
