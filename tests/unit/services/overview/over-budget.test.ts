import { BudgetExcesses } from '../../../../src/services/overview/over-budget';

describe('who goes beyond a budget', () => {
  let nowMs: number;
  beforeEach(() => {
    nowMs = Date.parse('2026-11-02T12:00:00Z');
  });
  const open = () => new BudgetExcesses(() => new Date(nowMs));

  it('is kept for an hour, the most frequent first, and counted for ever', () => {
    const overBudget = open();
    overBudget.note({ deviceId: 'a' }, 'resets');
    overBudget.note({ deviceId: 'b' }, 'resets');
    overBudget.note({ deviceId: 'b' }, 'memory');
    overBudget.note({ address: '192.0.2.1' }, 'handshakes');
    expect(overBudget.recent().map(({ holder, times }) => [holder, Object.fromEntries(times)])).toEqual([
      [{ deviceId: 'b' }, { resets: 1, memory: 1 }],
      [{ deviceId: 'a' }, { resets: 1 }],
      [{ address: '192.0.2.1' }, { handshakes: 1 }],
    ]);
    nowMs += 3_599_000;
    overBudget.note({ deviceId: 'a' }, 'resets');
    nowMs += 1_000;
    expect(overBudget.recent().map(({ holder }) => holder)).toEqual([{ deviceId: 'a' }]);
    expect(Object.fromEntries(overBudget.counts())).toEqual({ resets: 3, memory: 1, handshakes: 1 });
  });

  it('begins to count again after an hour of peace', () => {
    const overBudget = open();
    overBudget.note({ deviceId: 'a' }, 'resets');
    nowMs += 3_600_000;
    overBudget.note({ deviceId: 'a' }, 'resets');
    expect(overBudget.recent().map(({ times }) => Object.fromEntries(times))).toEqual([{ resets: 1 }]);
  });

  it('is remembered within bounds however many addresses there are', () => {
    const overBudget = open();
    for (let i = 0; i < 5_000; i++) overBudget.note({ address: `2001:db8::${i.toString(16)}` }, 'handshakes');
    expect(overBudget.recent()).toHaveLength(1_000);
    expect(overBudget.counts().get('handshakes')).toBe(5_000);
  });
});
