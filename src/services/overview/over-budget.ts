import { RecentMap } from '../../base/collections/recent-map';
import type { Budget, BudgetHolder } from '../../core/budget';
import type { Clock } from '../../ports/clock';

/** One who went beyond a budget lately. */
export interface Excess {
  readonly holder: BudgetHolder;
  /** How often, by budget, since it began. */
  readonly times: ReadonlyMap<Budget, number>;
  readonly lastAt: Date;
}

/** Who goes beyond what one device may use. It is kept in memory: it says what goes on now. */
export interface OverBudget {
  note(holder: BudgetHolder, budget: Budget): void;
  /** How often that happened since the start. */
  counts(): ReadonlyMap<Budget, number>;
  /** Those who did so within the last hour, the most frequent first. */
  recent(): readonly Excess[];
}

const forgottenAfterMs = 3_600_000;
/** Addresses are cheap to change: whoever was heard longest ago is forgotten first. */
const maxHolders = 1_000;

export function createOverBudget(now: Clock): OverBudget {
  const totals = new Map<Budget, number>();
  const byHolder = new RecentMap<string, { holder: BudgetHolder; times: Map<Budget, number>; lastAt: Date }>(
    maxHolders,
  );
  const isRecent = ({ lastAt }: { readonly lastAt: Date }) =>
    Math.abs(now().getTime() - lastAt.getTime()) < forgottenAfterMs;

  return {
    note(holder, budget) {
      countOne(totals, budget);
      const key = JSON.stringify(holder);
      const before = byHolder.get(key);
      const times = before !== undefined && isRecent(before) ? before.times : new Map<Budget, number>();
      countOne(times, budget);
      byHolder.set(key, { holder, times, lastAt: now() });
    },
    counts: () => totals,
    recent: () =>
      [...byHolder.entries()]
        .map(([, excess]) => excess)
        .filter(isRecent)
        .sort((a, b) => sumOf(b.times) - sumOf(a.times)),
  };
}

function countOne(counts: Map<Budget, number>, budget: Budget): void {
  counts.set(budget, (counts.get(budget) ?? 0) + 1);
}

/** How often in all. */
export function sumOf(times: ReadonlyMap<Budget, number>): number {
  return [...times.values()].reduce((sum, count) => sum + count, 0);
}
