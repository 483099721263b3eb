import { circumstance } from '../../core/circumstances/catalogue';
import { ClosableRun } from '../../base/collections/closable-run';
import type { Bundle } from '../../core/bundle';
import { type NewEvent, theServer } from '../../core/event';
import type { ImageCheck, StoredImageCheck } from '../../core/image-check';
import { saying } from '../../core/journal/catalogue';
import type { CheckImages } from '../../ports/bundle-inspection';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { BundleUses } from '../../ports/fleet-counts';
import type { Catalog } from './catalog';
import type { Log } from '../../ports/log';
import { mostWanted, wantedBundles } from './wanted-bundles';
import type { Clock } from '../../ports/clock';
import type { Why } from '../../core/reasons/why';

/** Hashes the images of stored bundles after their upload, and keeps the results. */
export interface CheckStoredImages {
  /**
   * Checks the bundles that are due, one after the other. Only one run at a time.
   * @throws DomainError `storage-full`, `unavailable` when nothing can be saved
   */
  run(): Promise<void>;
  /** Cancels the running check; the next start of the server begins it again. */
  close(): Promise<void>;
}

export interface CheckStoredImagesPorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'openFile'>;
  readonly checkImages: CheckImages;
  readonly uses: Pick<BundleUses, 'pinnedBundles'>;
  readonly log: Log;
  readonly now: Clock;
}

/** How often a check that ends early is started in total. Uploading the bundle again resets it. */
const maxTries = 5;
const tryAgainAfterMs = 60_000;

/** {@link CheckStoredImages} one after the other. Failed checks are retried. */
export class StoredImageChecks implements CheckStoredImages {
  /** When the check of a bundle ended early. */
  readonly #failures = new Map<string, number>();
  readonly #runs = new ClosableRun(() => this.#runOnce());

  constructor(private readonly ports: CheckStoredImagesPorts) {}

  run(): Promise<void> {
    return this.#runs.start();
  }

  close(): Promise<void> {
    return this.#runs.close();
  }

  #rests(name: string): boolean {
    const atMs = this.#failures.get(name);
    return atMs !== undefined && Math.abs(this.ports.now().getTime() - atMs) < tryAgainAfterMs;
  }

  /** First the bundles that devices may install today, then the newest. */
  async #next(): Promise<Bundle | undefined> {
    const due = this.ports.catalog
      .bundles()
      .filter(({ name, imageCheck }) => imageCheck.state === 'being-checked' && !this.#rests(name));
    if (due.length < 2) return due[0];
    return mostWanted(due, await wantedBundles(this.ports.catalog, this.ports.uses));
  }

  /** @returns the stored bundle; `undefined` when it was deleted or uploaded again meanwhile */
  async #keep(bundle: Bundle, imageCheck: StoredImageCheck): Promise<Bundle | undefined> {
    return this.ports.catalog.exclusively(async () => {
      const stored = this.ports.catalog.find(bundle.name);
      if (stored?.imageCheck !== bundle.imageCheck || stored.sha256 !== bundle.sha256) return undefined;
      await this.ports.catalog.commit({
        bundle: { ...stored, imageCheck },
        events: () => tell(stored, imageCheck, this.ports.now()),
      });
      return this.ports.catalog.find(bundle.name);
    });
  }

  async #checkOne(found: Bundle): Promise<void> {
    const { name, imageCheck } = found;
    const tries = imageCheck.state === 'being-checked' ? imageCheck.tries : 0;
    if (tries >= maxTries) {
      await this.#keep(found, notChecked(circumstance('server-ended-during-check')));
      return;
    }
    // Counted first: a check that crashes the server must not be started forever.
    const begun = await this.#keep(found, { state: 'being-checked', tries: tries + 1 });
    if (begun === undefined) return;
    try {
      const check = await this.#read(begun);
      this.#failures.delete(name);
      await this.#keep(begun, check);
    } catch (error) {
      if (this.#runs.isClosed()) await this.#keep(begun, { state: 'being-checked', tries });
      else await this.#fail(begun, tries + 1, error);
    }
  }

  async #read(bundle: Bundle): Promise<ImageCheck> {
    const file = await this.ports.storage.openFile(bundle.sha256);
    try {
      return await this.ports.checkImages(file, bundle.inspection, this.#runs.signal);
    } finally {
      await file.close();
    }
  }

  async #fail(bundle: Bundle, tries: number, error: unknown): Promise<void> {
    if (this.ports.catalog.find(bundle.name)?.imageCheck !== bundle.imageCheck) return; // it was deleted meanwhile
    this.#failures.set(bundle.name, this.ports.now().getTime());
    this.ports.log.error(
      { err: error, bundle: bundle.name, tries },
      'the images of a bundle could not be checked',
    );
    if (tries < maxTries) return;
    await this.#keep(bundle, notChecked(error instanceof Error ? error.message : String(error)));
  }

  async #runOnce(): Promise<void> {
    for (
      let bundle = await this.#next();
      bundle !== undefined && !this.#runs.isClosed();
      bundle = await this.#next()
    )
      await this.#checkOne(bundle);
  }
}

function notChecked(why: Why): ImageCheck {
  return { state: 'not-checked', reason: circumstance('images-check-failed', { tries: maxTries, why }) };
}

/** Reports only a mismatch: everyone expects intact images. */
function tell({ name, compatible }: Bundle, check: StoredImageCheck, at: Date): NewEvent[] {
  if (check.state !== 'mismatch') return [];
  const images = check.files.slice(0, maxTold);
  return [
    {
      kind: 'bundle.images-mismatch',
      at,
      actor: theServer,
      reason: saying('bundle-images-mismatch', { bundle: name, images, count: check.files.length }),
      subject: { bundleName: name, compatible },
      after: { images },
    },
  ];
}

/** How many names the journal's line holds. */
const maxTold = 100;
