import type { NewEvent } from '../core/event';
import { RecentMap } from '../base/collections/recent-map';
import { RepeatedLines } from '../core/repeated-lines';
import { isDecision } from '../core/restore';

/** Devices whose last lines are remembered: a device that repeats itself is always among them. */
const maxRemembered = 10_000;

/** Bounds what each device writes into the journal. What people decide about a device always passes. */
export class DeviceLines {
  readonly #devices = new RecentMap<string, RepeatedLines>(maxRemembered);
  /** Devices with repetitions that are counted and not written yet. */
  readonly #counting = new Map<string, RepeatedLines>();

  /** @param onRepeats called for a device whenever a line stands for more than one occurrence */
  constructor(private readonly onRepeats: (deviceId: string) => void = () => undefined) {}

  /** @returns the lines to write now */
  take(deviceId: string, events: readonly NewEvent[]): readonly NewEvent[] {
    if (events.every(isDecision)) return events;
    const known = this.#counting.get(deviceId);
    const lines = known ?? this.#devices.getOrMake(deviceId, () => new RepeatedLines());
    const written = events.flatMap((event) => (isDecision(event) ? [event] : lines.take(event)));
    this.#note(deviceId, lines, written);
    return written;
  }

  /** The lines for what was counted, by device. @param isLast returns all of them, because nothing comes after */
  due(now: Date, isLast: boolean): readonly (readonly [string, readonly NewEvent[]])[] {
    const told: [string, readonly NewEvent[]][] = [];
    for (const [deviceId, lines] of [...this.#counting]) {
      const events = isLast ? lines.rest(now) : lines.due(now);
      if (events.length > 0) told.push([deviceId, events]);
      this.#note(deviceId, lines, events);
    }
    return told;
  }

  forget(deviceId: string): void {
    this.#counting.delete(deviceId);
    this.#devices.delete(deviceId);
  }

  #note(deviceId: string, lines: RepeatedLines, written: readonly NewEvent[]): void {
    if (written.some(({ repeats }) => repeats !== undefined)) this.onRepeats(deviceId);
    if (lines.hasCounted) this.#counting.set(deviceId, lines);
    else this.#counting.delete(deviceId);
  }
}
