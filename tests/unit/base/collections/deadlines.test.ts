import fc from 'fast-check';
import { Deadlines } from '../../../../src/base/collections/deadlines';

it('gives what has ended, the earliest first, in whatever order it came', () => {
  const deadlines = new Deadlines([
    ['late', 30],
    ['early', 10],
  ]);
  deadlines.set('middle', 20);
  expect(deadlines.takeEnded(9)).toEqual([]);
  expect(deadlines.takeEnded(20)).toEqual(['early', 'middle']);
  expect(deadlines.takeEnded(20)).toEqual([]);
  expect(deadlines.size).toBe(1);
});

it('knows the newest end of each alone', () => {
  const deadlines = new Deadlines([['a', 10]]);
  deadlines.set('a', 30);
  expect(deadlines.takeEnded(20)).toEqual([]);
  deadlines.set('a', 5);
  deadlines.set('a', 5);
  expect(deadlines.takeEnded(20)).toEqual(['a']);
  expect([deadlines.takeEnded(100), deadlines.size]).toEqual([[], 0]);
});

it('gives nothing that was deleted', () => {
  const deadlines = new Deadlines([['a', 10]]);
  deadlines.delete('a');
  deadlines.delete('b');
  expect([deadlines.size, deadlines.takeEnded(10)]).toEqual([0, []]);
});

it('does as a plain list would, whatever happens', () => {
  const id = fc.integer({ min: 0, max: 20 });
  const time = fc.integer({ min: 0, max: 50 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id, time }),
    fc.record({ kind: fc.constant('delete' as const), id, time }),
    fc.record({ kind: fc.constant('take' as const), id, time }),
  );
  const property = fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const deadlines = new Deadlines<number>();
    const model = new Map<number, number>();
    for (const { kind, id: which, time: at } of steps) {
      if (kind === 'set') {
        deadlines.set(which, at);
        model.set(which, at);
      } else if (kind === 'delete') {
        deadlines.delete(which);
        model.delete(which);
      } else {
        const ended = [...model].filter(([, end]) => end <= at);
        const taken = deadlines.takeEnded(at);
        expect([...taken].sort()).toEqual(ended.map(([one]) => one).sort());
        const ends = taken.map((one) => model.get(one) ?? NaN);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        for (const one of taken) model.delete(one);
      }
      expect(deadlines.size).toBe(model.size);
    }
  });
  fc.assert(property, { numRuns: 200 });
});
