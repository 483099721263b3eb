import { DomainError } from '../../../core/errors';
import type { Connection } from '../transport/connections';
import type { Charge, ChargeRefusal } from './handler';
import type { MonotonicClock } from '../../../ports/clock';

export interface ChargePorts {
  /** Milliseconds of a monotonic clock. */
  readonly monotonicMs: MonotonicClock;
  /** Called for each request over budget. */
  readonly onRefused: (deviceId: string) => void;
  /** Ends the connection of a device that keeps asking although it is refused. */
  readonly expel: (connection: Connection) => void;
}

const reasons = {
  'too-many-requests': 'device-asks-too-often',
  unavailable: 'device-polls-too-often',
} as const satisfies Record<ChargeRefusal, string>;

/** Counts requests per device, over all its connections. */
export function createCharge({ monotonicMs, onRefused, expel }: ChargePorts): Charge {
  return ({ connection }, refusal = 'too-many-requests') => {
    const { budget, identity } = connection;
    const nowMs = monotonicMs();
    if (budget.requests.take(nowMs)) return;
    onRefused(identity.id);
    if (!connection.isEnding && !budget.refusals.take(nowMs)) expel(connection);
    const retryAfterSeconds = Math.max(1, Math.ceil(budget.requests.waitMs(nowMs) / 1000));
    throw DomainError.of(reasons[refusal], { id: identity.id }, { details: { retryAfterSeconds } });
  };
}
