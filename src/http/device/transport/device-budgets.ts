import { RecentMap } from '../../../base/collections/recent-map';
import { TokenBucket } from '../../../core/token-bucket';
import { ConnectionMemory } from './answer-memory';
import { DeviceAccount, type SendMemory } from './send-memory';

/** What one device uses. All connections with its certificate share it. */
export interface DeviceBudget {
  /** Requests that cost more than bytes of a bundle: polls, reports, attempts, and anything that does not exist. */
  readonly requests: TokenBucket;
  /** 429 answers: a device that ignores them loses the connection. */
  readonly refusals: TokenBucket;
  /** Requests that the device cancelled before their answer was complete. */
  readonly resets: TokenBucket;
  /** What was read for it and has not been sent yet. */
  readonly memory: DeviceAccount;
}

/** RAUC cancels 128 ranges at once when it stops an installation. A client that keeps cancelling only wants to cause work. */
const resetRate = { burst: 512, perSecond: 10 };
/**
 * The burst covers a report per percent of an installation and six attempts at everything. The rate covers a script that asks once a
 * second.
 */
const requestRate = { burst: 300, perSecond: 2 };
const refusalRate = { burst: 100, perSecond: 1 };
/** How many devices' usage is remembered, so that a new connection does not start from zero. */
const maxRemembered = 20_000;

export class DeviceBudgets {
  readonly #byId = new RecentMap<string, DeviceBudget>(maxRemembered);

  constructor(private readonly memory: SendMemory) {}

  of(deviceId: string): DeviceBudget {
    return this.#byId.getOrMake(deviceId, () => ({
      requests: new TokenBucket(requestRate),
      refusals: new TokenBucket(refusalRate),
      resets: new TokenBucket(resetRate),
      memory: new DeviceAccount(),
    }));
  }

  /** For a new connection of the device. */
  openMemory({ memory }: DeviceBudget): ConnectionMemory {
    return new ConnectionMemory(this.memory, memory);
  }
}
