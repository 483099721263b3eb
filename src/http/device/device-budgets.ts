import { TokenBucket } from '../../core/token-bucket';

/** What one device uses. The connections of one certificate share it. */
export interface DeviceBudget {
  /** Connections that are open. */
  connections: number;
  /** Requests that the device gave up before their answer was complete. */
  readonly resets: TokenBucket;
}

/** RAUC that stops an installation gives up 128 ranges at once; who gives up more and more wants the work alone. */
const resetRate = { burst: 512, perSecond: 10 };
/** What devices without a connection have used is kept for so many, so that a new connection is no fresh start. */
const maxIdle = 10_000;

/** What each device uses, while it is connected and for a while after. */
export class DeviceBudgets {
  readonly #byId = new Map<string, DeviceBudget>();
  readonly #idle = new Set<string>();

  constructor(private readonly now: () => Date) {}

  /** A connection of the device begins. */
  enter(deviceId: string): DeviceBudget {
    const budget = this.#byId.get(deviceId) ?? this.#begin();
    this.#byId.set(deviceId, budget);
    this.#idle.delete(deviceId);
    budget.connections += 1;
    return budget;
  }

  /** A connection of the device is over. */
  leave(deviceId: string, budget: DeviceBudget): void {
    budget.connections -= 1;
    if (budget.connections > 0) return;
    this.#idle.add(deviceId);
    if (this.#idle.size <= maxIdle) return;
    for (const oldest of this.#idle) {
      this.#idle.delete(oldest);
      this.#byId.delete(oldest);
      break;
    }
  }

  #begin(): DeviceBudget {
    return { connections: 0, resets: new TokenBucket(resetRate, this.now().getTime()) };
  }
}
