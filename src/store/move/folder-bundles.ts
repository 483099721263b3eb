import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../base/files/make-folder';
import { syncFolder } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import { parseStoredName } from '../../core/opaque';
import type { InstalledBundle } from '../../ports/installed-data';
import type { OpenBytes } from '../../ports/bundle-storage';
import { openBundleFile } from '../files/bundle-file';
import { storing } from '../storage-error';
import type { BundleSource, BundleTarget } from './stored-bundles';

const pieceBytes = 1 << 20;

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
        return file.sizeBytes === bundle.sizeBytes && (await hashOf(file)) === bundle.sha256;
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

async function hashOf(bytes: OpenBytes): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.sizeBytes; at += pieceBytes)
    hash.update(await bytes.read(at, Math.min(pieceBytes, bytes.sizeBytes - at)));
  return hash.digest('hex');
}

/** @returns the hash of what was written, which is on the disk */
async function writeCopy(file: string, bytes: OpenBytes): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.sizeBytes; at += pieceBytes) {
      const piece = await bytes.read(at, Math.min(pieceBytes, bytes.sizeBytes - at));
      hash.update(piece);
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function ifThere<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
