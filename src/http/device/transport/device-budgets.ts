import { RecentMap } from '../../../base/collections/recent-map';
import { TokenBucket } from '../../../core/token-bucket';
import { ConnectionMemory } from './answer-memory';
import { DeviceAccount, type SendMemory } from './send-memory';

/** What one device uses. The connections of one certificate share it. */
export interface DeviceBudget {
  /** Requests that cost more than bytes of a bundle: questions, reports, attempts, and whatever is not there. */
  readonly requests: TokenBucket;
  /** Answers 429: who does not heed them loses the connection. */
  readonly refusals: TokenBucket;
  /** Requests that the device gave up before their answer was complete. */
  readonly resets: TokenBucket;
  /** What was read for it and has not left yet. */
  readonly memory: DeviceAccount;
}

/** RAUC that stops an installation gives up 128 ranges at once; who gives up more and more wants the work alone. */
const resetRate = { burst: 512, perSecond: 10 };
/** A report for each percent of an installation, and six tries of everything, come at once; a script that asks each second goes on. */
const requestRate = { burst: 300, perSecond: 2 };
const refusalRate = { burst: 100, perSecond: 1 };
/** What devices use is kept for so many, so that a new connection is no fresh start. */
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
