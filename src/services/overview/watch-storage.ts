import { attentionSentence } from '../../core/reasons/attention/sentences';
import { daysUntilFull, neededRoomBytes, type RoomSample, withSample } from '../../core/storage-room';
import type { MonotonicClock } from '../../ports/clock';
import type { MeasureStorage } from '../../ports/data-folder';
import type { Log } from '../../ports/log';
import type { ListBundles } from '../catalog/list-bundles';
import { ofRoom } from './storage-attention';

export interface WatchStoragePorts {
  readonly measureStorage: MeasureStorage;
  readonly listBundles: Pick<ListBundles, 'list'>;
  readonly monotonicMs: MonotonicClock;
  readonly log: Log;
}

/** Watches how the free space on the disk shrinks, since the start of the server. */
export class StorageWatch {
  #samples: readonly RoomSample[] = [];
  #isTold = false;

  constructor(private readonly ports: WatchStoragePorts) {}

  /** When the disk will be full if it keeps growing; `null` when unknown. */
  daysUntilFull(freeBytes: number): number | null {
    return daysUntilFull(this.#samples, freeBytes);
  }

  /** Checks the disk, and logs when space runs low. Call it about once a minute. */
  async run(): Promise<void> {
    const { measureStorage, listBundles, monotonicMs, log } = this.ports;
    const storage = await measureStorage();
    const { freeBytes } = storage;
    this.#samples = withSample(this.#samples, { atMs: monotonicMs(), freeBytes });
    const largestBundleBytes = listBundles
      .list()
      .reduce((most, { bundle }) => Math.max(most, bundle.sizeBytes), 0);
    const [item] = ofRoom({ storage, largestBundleBytes, daysUntilFull: this.daysUntilFull(freeBytes) });
    if (item !== undefined && !this.#isTold)
      log.warn({ freeBytes, sizes: storage.sizes }, attentionSentence(item.reason));
    // Otherwise it would be logged again and again around the limit.
    if (item !== undefined) this.#isTold = true;
    else if (freeBytes >= 1.1 * neededRoomBytes(largestBundleBytes)) this.#isTold = false;
  }
}
