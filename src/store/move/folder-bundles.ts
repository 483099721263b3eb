import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashPieces } from '../../base/files/hash-pieces';
import { makeFolder } from '../../base/files/make-folder';
import { syncFolder } from '../../base/files/replace-file';
import { parseStoredName } from '../../core/opaque';
import type { InstalledBundle } from '../../ports/installed-data';
import type { OpenBytes } from '../../ports/bundle-storage';
import { openBundleFile } from '../files/bundle-file';
import { ifThere } from '../files/if-there';
import { storing } from '../storage-error';
import type { BundleSource, BundleTarget } from './stored-bundles';

/** The bundles of a data folder, under their names. */
export function folderBundles(dataDir: string): BundleSource & BundleTarget {
  const folder = path.join(dataDir, 'bundles');
  // A server removes what it finds there when it starts.
  const incoming = path.join(folder, '.incoming');
  const pathOf = ({ name }: InstalledBundle) => path.join(folder, parseStoredName(name));
  const find = (bundle: InstalledBundle) => storing(() => ifThere(() => openBundleFile(pathOf(bundle))));
  return {
    open: find,
    async has(bundle) {
      const file = await find(bundle);
      if (file === undefined) return false;
      try {
        return file.sizeBytes === bundle.sizeBytes && (await hashPieces(file)) === bundle.sha256;
      } finally {
        await file.close();
      }
    },
    put: (bundle, bytes) =>
      storing(async () => {
        await makeFolder(incoming, 0o700);
        const draft = path.join(incoming, `move-${bundle.sha256}`);
        await rm(draft, { force: true });
        const isRight = (await writeCopy(draft, bytes)) === bundle.sha256;
        if (isRight) await rename(draft, pathOf(bundle));
        else await rm(draft, { force: true });
        await syncFolder(folder);
        return isRight;
      }),
    close: () => undefined,
  };
}

/** @returns the hash of what was written, which is on the disk */
async function writeCopy(file: string, bytes: OpenBytes): Promise<string> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const sha256 = await hashPieces(bytes, (piece) => handle.writeFile(piece));
    await handle.sync();
    return sha256;
  } finally {
    await handle.close();
  }
}
