import type { Entry } from './fleet-entry';
import type { FleetRecords } from './fleet-records';
import type { Log } from '../../../ports/log';

/** A device waits no longer than this for the disk: then it is answered from memory. */
const patienceMs = 1_000;

/** Writes what changes about devices, each device's in order. What fails is kept, to be tried again. */
export class FleetWriter {
  readonly #failed = new Set<Entry>();

  constructor(
    private readonly records: Pick<FleetRecords, 'write'>,
    private readonly log: Log,
  ) {}

  /** How many devices have changes that could not be written. */
  get failed(): number {
    return this.#failed.size;
  }

  hasFailed(entry: Entry): boolean {
    return this.#failed.has(entry);
  }

  /** Begins to write what is unsaved of a device; while a write runs, the next one begins after it. */
  save(entry: Entry): void {
    if (entry.isForgotten) return;
    entry.saving ??= this.#write(entry).finally(() => {
      entry.saving = null;
      if (entry.hasUnsaved && !this.#failed.has(entry)) this.save(entry);
    });
  }

  /** Tries again what could not be written. */
  retry(): void {
    for (const entry of [...this.#failed]) this.save(entry);
  }

  /**
   * Waits until what has changed so far of a device is written, or could not be: it is in the write that runs or in the one after
   * it. Not for what comes meanwhile, as a device may change without end.
   */
  async saved(entry: Entry): Promise<void> {
    if (entry.saving !== null) await entry.saving;
    if (entry.saving !== null) await entry.saving;
  }

  /** Like {@link saved}, for a second at most. */
  async savedInTime(entry: Entry): Promise<void> {
    if (entry.saving === null) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.saved(entry), timeout]);
    clearTimeout(timer);
  }

  async #write(entry: Entry): Promise<void> {
    const unsaved = entry.takeUnsaved();
    const { device, installation: latest } = entry.record;
    try {
      await this.records.write({
        ...(unsaved.hasContact ? { device } : {}),
        // Bytes may have been counted since it changed.
        installations: [...unsaved.installations.values()].map((one) =>
          latest?.id === one.id ? latest : one,
        ),
        events: unsaved.events,
      });
      entry.failure = undefined;
      this.#failed.delete(entry);
    } catch (error) {
      entry.putBack(unsaved);
      entry.failure = error;
      if (this.#failed.size === 0)
        this.log.error({ err: error, device: entry.id }, 'devices are answered, but nothing can be written');
      this.#failed.add(entry);
    }
  }
}
