import type { Entry } from './fleet-entry';
import type { FleetRecords } from './fleet-records';
import type { Log } from '../../../ports/log';

/** A device waits no longer than this for the disk; then it is answered from memory. */
const patienceMs = 1_000;

/** Writes changes of devices, each device's in order. Failed changes are kept and retried. */
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

  /** Begins to write a device's changes; while a write runs, the next one begins after it. */
  save(entry: Entry): void {
    if (entry.isForgotten) return;
    entry.saving ??= this.#write(entry).finally(() => {
      entry.saving = null;
      if (entry.hasUnsaved && !this.#failed.has(entry)) this.save(entry);
    });
  }

  /** Retries what could not be written. */
  retry(): void {
    for (const entry of [...this.#failed]) this.save(entry);
  }

  /**
   * Waits until a device's changes so far are written or have failed: they are in the running write or the next one.
   * It does not wait for later changes, as a device may change without end.
   */
  async saved(entry: Entry): Promise<void> {
    if (entry.saving !== null) await entry.saving;
    if (entry.saving !== null) await entry.saving;
  }

  /** Like {@link saved}, but waits a second at most. */
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
