import type { Budget, BudgetHolder } from '../../../core/budget';
import type { OverBudget } from '../../../services/overview/over-budget';
import type { Refusal } from '../transport/connections';
import type { RequestLog } from '../../../ports/log';
import { BoundedLine } from '../transport/bounded-line';
import type { Refused } from '../transport/serve-connections';
import type { Counters } from './counters';
import type { Clock } from '../../../ports/clock';

export interface NoticePorts {
  readonly counters: Pick<Counters, 'countRefusal'>;
  readonly overBudget: Pick<OverBudget, 'note'>;
  readonly log: RequestLog;
  readonly now: Clock;
}

/** Counts what is refused and who uses too much, and tells the log now and then. */
export interface Notices {
  refused(refusal: Refusal, who: Refused): void;
  excess(holder: BudgetHolder, budget: Budget): void;
}

/** Between two lines in the log about what is refused. */
const linePeriodMs = 1_000;

export function createNotices({ counters, overBudget, log, now }: NoticePorts): Notices {
  const refusals = new BoundedLine((facts, message) => log.info(facts, message), now, linePeriodMs);
  const excesses = new BoundedLine((facts, message) => log.warn(facts, message), now, linePeriodMs);

  function excess(holder: BudgetHolder, budget: Budget): void {
    overBudget.note(holder, budget);
    excesses.write({ ...holder, budget }, 'over budget');
  }

  return {
    excess,
    refused({ cause, reason }, who) {
      counters.countRefusal(cause);
      refusals.write({ reason, cause, ...who }, 'connection refused');
      if (cause === 'too-many-connections' && who.device !== undefined)
        excess({ deviceId: who.device }, 'connections');
      if (cause === 'too-many-handshakes' && who.address !== undefined)
        excess({ address: who.address }, 'handshakes');
    },
  };
}
