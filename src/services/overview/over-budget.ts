import { RecentMap } from '../../base/collections/recent-map';
import type { Budget, BudgetHolder } from '../../core/budget';
import type { Clock } from '../../ports/clock';

/** A client that exceeded a budget recently. */
export interface Excess {
  readonly holder: BudgetHolder;
  /** How often, by budget, since that began. */
  readonly times: ReadonlyMap<Budget, number>;
  readonly lastAt: Date;
}

/** Devices that exceed their budget. Kept in memory: it shows what is happening now. */
export interface OverBudget {
  note(holder: BudgetHolder, budget: Budget): void;
  /** How often budgets were exceeded since the start. */
  counts(): ReadonlyMap<Budget, number>;
  /** Clients that exceeded one within the last hour, the most frequent first. */
  recent(): readonly Excess[];
}

const forgottenAfterMs = 3_600_000;
/** Addresses are cheap to change, so the least recently seen one is forgotten first. */
const maxHolders = 1_000;

/** {@link OverBudget} in memory. */
export class BudgetExcesses implements OverBudget {
  readonly #totals = new Map<Budget, number>();
  readonly #byHolder = new RecentMap<
    string,
    { holder: BudgetHolder; times: Map<Budget, number>; lastAt: Date }
  >(maxHolders);

  constructor(private readonly now: Clock) {}

  note(holder: BudgetHolder, budget: Budget): void {
    countOne(this.#totals, budget);
    const key = JSON.stringify(holder);
    const before = this.#byHolder.get(key);
    const times = before !== undefined && this.#isRecent(before) ? before.times : new Map<Budget, number>();
    countOne(times, budget);
    this.#byHolder.set(key, { holder, times, lastAt: this.now() });
  }

  counts(): ReadonlyMap<Budget, number> {
    return this.#totals;
  }

  recent(): readonly Excess[] {
    return [...this.#byHolder.entries()]
      .map(([, excess]) => excess)
      .filter((excess) => this.#isRecent(excess))
      .sort((a, b) => sumOf(b.times) - sumOf(a.times));
  }

  #isRecent({ lastAt }: { readonly lastAt: Date }): boolean {
    return Math.abs(this.now().getTime() - lastAt.getTime()) < forgottenAfterMs;
  }
}

function countOne(counts: Map<Budget, number>, budget: Budget): void {
  counts.set(budget, (counts.get(budget) ?? 0) + 1);
}

/** The total over all budgets. */
export function sumOf(times: ReadonlyMap<Budget, number>): number {
  return [...times.values()].reduce((sum, count) => sum + count, 0);
}
