import { RecentMap } from '../../../base/collections/recent-map';
import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { RequestLog } from '../../../ports/log';
import type { Clock } from '../../../ports/clock';

const quietMs = 10 * 60_000;
const maxRemembered = 10_000;

/**
 * Logs one line when a device begins to download a bundle, not one for each of its thousands of ranges. Its memory is
 * bounded: the device heard longest ago is forgotten first.
 */
export class DownloadLog {
  readonly #heardAtMs = new RecentMap<string, number>(maxRemembered);

  constructor(
    private readonly log: Pick<RequestLog, 'info'>,
    private readonly now: Clock,
  ) {}

  /** Notes that a device asked for bytes of a bundle. */
  note({ id }: DeviceIdentity, { name, sha256 }: Bundle): void {
    const key = `${sha256} ${id}`;
    const before = this.#heardAtMs.get(key);
    const nowMs = this.now().getTime();
    this.#heardAtMs.set(key, nowMs);
    if (before === undefined || Math.abs(nowMs - before) > quietMs) {
      this.log.info({ device: id, bundle: name, sha256 }, 'download begins');
    }
  }
}
