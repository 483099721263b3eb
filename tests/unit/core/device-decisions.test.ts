import { decided, relabel } from '../../../src/core/device-decisions';
import { madeAt } from '../../support/fleet-factory';

describe('labels that are added and removed', () => {
  it.each<[string, string[], string[], string[], string[]]>([
    ['come to those that are there, in order', ['b', 'd'], ['c', 'a'], [], ['a', 'b', 'c', 'd']],
    ['go, and the others stay', ['a', 'b', 'c'], [], ['b', 'x'], ['a', 'c']],
    ['are there once', ['a'], ['a', 'b', 'b'], [], ['a', 'b']],
    ['are there when they are both', ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b']],
  ])('%s', (_, labels, added, removed, expected) => {
    expect(relabel(labels, { added, removed })).toEqual(expected);
  });
});

describe('what a device has by a decision', () => {
  const hold = { reason: 'stop', by: 'ann', at: madeAt };

  it('is what the decision names, and nothing else', () => {
    expect(decided({ labels: ['a'] }, { hold, notes: 'x' })).toEqual({ hold, notes: 'x' });
    expect(decided({ labels: ['a'] }, { labels: ['b'] })).toEqual({ labels: ['b'] });
  });

  it('is its labels with those that the decision adds and without those that it removes', () => {
    const labelChange = { added: ['c'], removed: ['a'] };
    expect(decided({ labels: ['a', 'b'] }, { hold, labelChange })).toEqual({ hold, labels: ['b', 'c'] });
  });
});
