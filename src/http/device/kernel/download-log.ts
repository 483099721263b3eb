import { RecentMap } from '../../../base/collections/recent-map';
import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { RequestLog } from '../../../ports/log';
import type { Clock } from '../../../ports/clock';

const quietMs = 10 * 60_000;
const maxRemembered = 10_000;
/**
 * How precisely the time of a device's last request is remembered: a look-up for each range would cost more than the
 * range.
 */
const exactMs = 60_000;

/**
 * Logs one line when a device begins to download a bundle, not one for each of its thousands of ranges. Its memory is
 * bounded: the device that has been silent longest is forgotten first.
 */
export class DownloadLog {
  readonly #heardAtMs = new RecentMap<string, number>(maxRemembered);

  /** What each device last downloaded. */
  readonly #latest = new WeakMap<DeviceIdentity, { readonly sha256: string; readonly atMs: number }>();

  constructor(
    private readonly log: Pick<RequestLog, 'info'>,
    private readonly now: Clock,
  ) {}

  /** Notes that a device asked for bytes of a bundle. */
  note(device: DeviceIdentity, { name, sha256 }: Bundle): void {
    const nowMs = this.now().getTime();
    const latest = this.#latest.get(device);
    if (latest?.sha256 === sha256 && Math.abs(nowMs - latest.atMs) < exactMs) return;
    this.#latest.set(device, { sha256, atMs: nowMs });
    const { id } = device;
    const key = `${sha256} ${id}`;
    const before = this.#heardAtMs.get(key);
    this.#heardAtMs.set(key, nowMs);
    if (before === undefined || Math.abs(nowMs - before) > quietMs) {
      this.log.info({ device: id, bundle: name, sha256 }, 'download begins');
    }
  }
}
