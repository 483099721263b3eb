import { DomainError } from '../../../core/errors';
import type { Connection } from '../transport/connections';
import type { Charge } from './handler';
import type { MonotonicClock } from '../../../ports/clock';

export interface ChargePorts {
  /** Milliseconds from a clock that nobody sets. */
  readonly monotonicMs: MonotonicClock;
  /** Hears of each request that was too much. */
  readonly onRefused: (deviceId: string) => void;
  /** Ends the connection of a device that goes on asking although it is refused. */
  readonly expel: (connection: Connection) => void;
}

/** Counts requests of devices, over all connections of each. */
export function createCharge({ monotonicMs, onRefused, expel }: ChargePorts): Charge {
  return ({ connection }) => {
    const { budget, identity } = connection;
    const nowMs = monotonicMs();
    if (budget.requests.take(nowMs)) return;
    onRefused(identity.id);
    if (!connection.isEnding && !budget.refusals.take(nowMs)) expel(connection);
    const retryAfterSeconds = Math.max(1, Math.ceil(budget.requests.waitMs(nowMs) / 1000));
    throw DomainError.of('device-asks-too-often', { id: identity.id }, { details: { retryAfterSeconds } });
  };
}
