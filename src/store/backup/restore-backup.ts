import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile, syncFolder } from '../../base/files/replace-file';
import { isOutOfSpace } from '../../base/files/system-error';
import type { BackupContents } from '../../core/backup';
import { DomainError } from '../../core/errors';
import type { RestoredBackup, RestoreRequest } from '../../ports/backups';
import { lockDataDir } from '../files/lock-data-dir';
import { refuseLinks } from '../refuse-links';
import type { ArchivedDatabase, DatabaseReplacement } from './archived-database';
import { proveRestored } from './prove-restored';
import { partNames, unpackArchive } from './unpack-archive';

/** What one run needs in addition to the user's request. */
export interface RestoreRun extends Omit<RestoreRequest, 'databaseUrl'> {
  readonly database: ArchivedDatabase;
  readonly at: Date;
  readonly newId: string;
  readonly pid: number;
}

/** The next run removes what a killed one left. */
const scratchPrefix = '.restore-';

/**
 * Implements `restore` of the port. Everything is unpacked and proved first; the database is put in place last, so
 * that a kill before that leaves the old one.
 */
export async function restoreBackup(request: RestoreRun): Promise<RestoredBackup> {
  const { archive, dataDir, pid } = request;
  refuseLinks(dataDir);
  await stat(archive).catch((cause: unknown) => {
    throw DomainError.of('no-archive', { archive }, { cause });
  });
  await mkdir(path.join(dataDir, 'bundles'), { recursive: true, mode: 0o700 });
  const lock = lockDataDir(dataDir, pid);
  try {
    const replacement = await request.database.replace(request.isForced);
    try {
      return await unpackAndPut(request, replacement);
    } finally {
      await replacement.close();
    }
  } catch (error) {
    if (!isOutOfSpace(error)) throw error;
    throw DomainError.of('no-space-to-restore', { dataDir }, { cause: error });
  } finally {
    lock.release();
  }
}

async function unpackAndPut(request: RestoreRun, replacement: DatabaseReplacement): Promise<RestoredBackup> {
  const { archive, dataDir, at, newId, passphrase } = request;
  for (const name of await readdir(dataDir))
    if (name.startsWith(scratchPrefix)) await rm(path.join(dataDir, name), { recursive: true, force: true });
  const scratch = await mkdtemp(path.join(dataDir, scratchPrefix));
  try {
    const contents = await unpackArchive(archive, scratch, { passphrase, keepsBundles: true });
    const reason = `the database was restored from a backup of ${contents.madeAt.toISOString()}`;
    await proveRestored(scratch, { newId, reason, at });
    return await putInPlace(request, replacement, scratch, contents);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function putInPlace(
  request: RestoreRun,
  replacement: DatabaseReplacement,
  scratch: string,
  contents: BackupContents,
): Promise<RestoredBackup> {
  const { dataDir } = request;
  await moveBundles(path.join(scratch, 'bundles'), path.join(dataDir, 'bundles'));
  const hasCertificates = await moveCertificates(path.join(scratch, 'certs'), request.certsDir);
  const keptDatabase = await replacement.put(path.join(scratch, partNames.database));
  const missingBundles = contents.bundles
    .map(({ name }) => name)
    .filter((name) => !existsSync(path.join(dataDir, 'bundles', name)));
  return { contents, keptDatabase, hasCertificates, missingBundles };
}

/** A name never changes its bytes: an existing file with the same name is the same, or damaged. */
async function moveBundles(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await rename(path.join(from, name), path.join(to, name));
  await syncFolder(to);
}

/** Existing certificates stay: they include what was issued and revoked since the backup. */
async function moveCertificates(from: string, certsDir: string): Promise<boolean> {
  if (!existsSync(from) || existsSync(path.join(certsDir, 'ca.crt'))) return false;
  await mkdir(path.join(certsDir, 'devices'), { recursive: true, mode: 0o700 });
  const names = (await readdir(from, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(from, path.join(parentPath, name)));
  // The CA's comes last: once it is there, the certificates count as present. The two folders may be on different
  // disks.
  const isLast = (name: string) => Number(name === 'ca.crt');
  for (const name of names.sort((one, other) => isLast(one) - isLast(other)))
    await replaceFile(path.join(certsDir, name), await readFile(path.join(from, name)), { mode: 0o600 });
  return true;
}
