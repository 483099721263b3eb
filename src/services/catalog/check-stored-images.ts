import { SharedRun } from '../../base/collections/shared-run';
import type { Bundle } from '../../core/bundle';
import { type NewEvent, theServer } from '../../core/event';
import { type ImageCheck, namedImages, type StoredImageCheck } from '../../core/image-check';
import type { CheckImages } from '../../ports/bundle-inspection';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { BundleUses } from '../../ports/fleet-counts';
import type { Catalog } from './catalog';
import type { Log } from '../../ports/log';
import { wantedBundles } from './wanted-bundles';
import type { Clock } from '../../ports/clock';

/** Hashes the images of stored bundles, after their upload, and keeps what it came to. */
export interface CheckStoredImages {
  /** Checks what is due, one bundle after the other. One run at a time; it never rejects. */
  run(): Promise<void>;
  /** Calls off the check that goes on: the next start of the server begins it again. */
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

/** A check that ended early is begun so often in all; whoever uploads the bundle again begins anew. */
const maxTries = 5;
const tryAgainAfterMs = 60_000;

export function createCheckStoredImages(ports: CheckStoredImagesPorts): CheckStoredImages {
  const { catalog, log, now } = ports;
  /** When the check of a bundle ended early; `null` stands for all of them, when nothing can be kept. */
  const failures = new Map<string | null, number>();
  const runs = new SharedRun(run);
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;

  function rests(name: string | null): boolean {
    const atMs = failures.get(name);
    return atMs !== undefined && Math.abs(now().getTime() - atMs) < tryAgainAfterMs;
  }

  /** First what devices may install today, then the newest. */
  function next(): Bundle | undefined {
    const due = catalog
      .bundles()
      .filter(({ name, imageCheck }) => imageCheck.state === 'being-checked' && !rests(name));
    if (due.length < 2) return due[0];
    const wanted = wantedBundles(catalog, ports.uses);
    const rank = ({ name, uploadedAt }: Bundle) => [wanted.has(name) ? 1 : 0, uploadedAt.getTime()] as const;
    return due.reduce((best, bundle) => {
      const [[isWanted, at], [isBestWanted, bestAt]] = [rank(bundle), rank(best)];
      return isWanted > isBestWanted || (isWanted === isBestWanted && at > bestAt) ? bundle : best;
    });
  }

  /** @returns the bundle as it is kept; `undefined` when it was deleted or uploaded again meanwhile */
  async function keep(bundle: Bundle, imageCheck: StoredImageCheck): Promise<Bundle | undefined> {
    return catalog.exclusively(async () => {
      const stored = catalog.find(bundle.name);
      if (stored?.imageCheck !== bundle.imageCheck || stored.sha256 !== bundle.sha256) return undefined;
      await catalog.commit({
        bundle: { ...stored, imageCheck },
        events: () => tell(stored, imageCheck, now()),
      });
      return catalog.find(bundle.name);
    });
  }

  async function checkOne(found: Bundle): Promise<void> {
    const { name, imageCheck } = found;
    const tries = imageCheck.state === 'being-checked' ? imageCheck.tries : 0;
    if (tries >= maxTries) {
      await keep(found, notChecked('the server was ended during each check'));
      return;
    }
    // Counted first: a check that takes the server with it must not be begun for ever.
    const begun = await keep(found, { state: 'being-checked', tries: tries + 1 });
    if (begun === undefined) return;
    try {
      const check = await read(begun);
      failures.delete(name);
      await keep(begun, check);
    } catch (error) {
      if (isClosing()) await keep(begun, { state: 'being-checked', tries });
      else await fail(begun, tries + 1, error);
    }
  }

  async function read(bundle: Bundle): Promise<ImageCheck> {
    const file = await ports.storage.openFile(bundle.sha256);
    try {
      return await ports.checkImages(file, bundle.inspection, closing.signal);
    } finally {
      await file.close();
    }
  }

  async function fail(bundle: Bundle, tries: number, error: unknown): Promise<void> {
    if (catalog.find(bundle.name)?.imageCheck !== bundle.imageCheck) return; // it was deleted meanwhile
    failures.set(bundle.name, now().getTime());
    log.error({ err: error, bundle: bundle.name, tries }, 'the images of a bundle could not be checked');
    if (tries < maxTries) return;
    await keep(bundle, notChecked(error instanceof Error ? error.message : String(error)));
  }

  async function run(): Promise<void> {
    if (rests(null)) return;
    try {
      for (let bundle = next(); bundle !== undefined && !isClosing(); bundle = next()) await checkOne(bundle);
      failures.delete(null);
    } catch (error) {
      failures.set(null, now().getTime());
      log.error({ err: error }, 'what the check of images came to cannot be saved');
    }
  }

  return {
    run: () => (isClosing() ? Promise.resolve() : runs.start()),
    close() {
      closing.abort();
      return runs.ended();
    },
  };
}

function notChecked(why: string): ImageCheck {
  const reason = `the check ended early ${maxTries} times (${why}); upload the bundle again to have it checked`;
  return { state: 'not-checked', reason };
}

/** A mismatch alone: that images are sound is what everybody expects. */
function tell({ name, compatible }: Bundle, check: StoredImageCheck, at: Date): NewEvent[] {
  if (check.state !== 'mismatch') return [];
  return [
    {
      kind: 'bundle.images-mismatch',
      at,
      actor: theServer,
      message: `${name} does not have the images that its manifest says: ${namedImages(check.files)}`,
      subject: { bundleName: name, compatible },
      after: { images: check.files.slice(0, maxTold) },
    },
  ];
}

/** So many names are data of the journal's line. */
const maxTold = 100;
