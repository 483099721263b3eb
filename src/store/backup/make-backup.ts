import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { syncFolder } from '../../base/files/replace-file';
import { isOutOfSpace, systemErrorCode } from '../../base/files/system-error';
import { archiveName, surplusArchives } from '../../core/backup';
import { DomainError } from '../../core/errors';
import type { BackupRequest, MadeBackup } from '../../ports/backups';
import type { InstalledBundle } from '../../ports/installed-data';
import { openBundleFile } from '../files/bundle-file';
import { refuseLinks } from '../refuse-links';
import { readBundles } from '../sqlite/read-condition';
import type { ArchivedDatabase } from './archived-database';
import { contentsName, contentsText } from './contents-json';
import { proveRestored } from './prove-restored';
import { sealFile } from './seal-file';
import { type TarPart, writeTar } from './tar-files';
import { partNames, unpackArchive } from './unpack-archive';

/** What one run needs in addition to the user's request. */
export interface BackupRun extends Omit<BackupRequest, 'databaseUrl'> {
  readonly database: ArchivedDatabase;
  readonly version: string;
  readonly at: Date;
  readonly newId: string;
}

/** Marks leftovers of a run that was killed. */
const scratchPrefix = '.rauc-backup-';
const staleAfterMs = 2 * 86_400_000;

/** Implements `make` of the port. A folder that was missing is made, unless there will be no archive in it. */
export async function makeBackup(request: BackupRun): Promise<MadeBackup> {
  const { dataDir, folder } = request;
  refuseLinks(dataDir);
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await makeIn(request);
  } catch (error) {
    if (firstMade !== undefined) await removeMade(folder, firstMade).catch(() => undefined);
    throw error;
  }
}

/** @throws the system's error when one of them has other contents by now */
async function removeMade(folder: string, firstMade: string): Promise<void> {
  await rmdir(folder);
  if (folder !== firstMade) await removeMade(path.dirname(folder), firstMade);
}

async function makeIn(request: BackupRun): Promise<MadeBackup> {
  const { folder, at, keep } = request;
  await removeStale(folder, at);
  const scratch = await mkdtemp(path.join(folder, scratchPrefix));
  try {
    const draft = path.join(scratch, 'archive.tar');
    await writeArchive(request, scratch, draft);
    const trial = path.join(scratch, 'trial');
    await mkdir(trial, { mode: 0o700 });
    const contents = await unpackArchive(draft, trial, {
      passphrase: request.passphrase,
      keepsBundles: false,
    });
    await proveRestored(trial, { newId: request.newId, reason: 'a trial', at });
    const file = path.join(folder, archiveName(at));
    await nameIt(draft, file);
    await syncFolder(folder);
    const removed = keep === null ? [] : surplusArchives(await readdir(folder), keep);
    for (const name of removed) await rm(path.join(folder, name), { force: true });
    return { file, sizeBytes: (await stat(file)).size, contents, removed };
  } catch (error) {
    const cause = error instanceof DomainError ? error.cause : error;
    throw isOutOfSpace(cause) || systemErrorCode(cause) === 'SQLITE_FULL' ? noRoom(folder, error) : error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeArchive(request: BackupRun, scratch: string, draft: string): Promise<void> {
  const { dataDir, database, hasBundles, passphrase, version, at } = request;
  const copy = path.join(scratch, partNames.database);
  await database.copyTo(copy);
  const bundles = readBundles(copy);
  const certificates = await packCertificates(request, scratch);
  const parts = [
    await partOf(partNames.database, copy),
    ...(certificates === null ? [] : [await partOf(path.basename(certificates), certificates)]),
    ...(hasBundles ? bundles.map((bundle) => bundlePart(dataDir, bundle)) : []),
  ];
  await writeTar(draft, parts, {
    name: contentsName,
    text: (written) => {
      const hashes = new Map(written.map(({ name, sha256 }) => [name, sha256]));
      for (const { name, sha256 } of hasBundles ? bundles : [])
        if (hashes.get(`bundles/${name}`) !== sha256) throw brokenBundle(name);
      return contentsText({
        madeAt: at,
        version,
        database: hashes.get(partNames.database) ?? '',
        bundles,
        hasBundles,
        certificates: certificates === null ? 'none' : passphrase === null ? 'plain' : 'encrypted',
      });
    },
  });
}

/** @returns the file that goes into the archive; `null` without certificates */
async function packCertificates(
  { certsDir, passphrase }: BackupRun,
  scratch: string,
): Promise<string | null> {
  if (certsDir === null) return null;
  const names = await certificateFiles(certsDir);
  if (names.length === 0) return null;
  const plain = path.join(scratch, partNames.certificates);
  await writeTar(plain, await Promise.all(names.map((name) => partOf(name, path.join(certsDir, name)))));
  if (passphrase === null) return plain;
  const sealed = path.join(scratch, partNames.sealedCertificates);
  await sealFile(plain, sealed, passphrase);
  return sealed;
}

/** A link to a certificate counts as one: other programs renew its target. */
async function certificateFiles(certsDir: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const prefix of ['', 'devices/']) {
    const found = (await readdir(path.join(certsDir, prefix)).catch(() => [])).sort();
    for (const name of found.filter((one) => !one.startsWith('.'))) {
      if ((await stat(path.join(certsDir, prefix, name))).isFile()) names.push(prefix + name);
    }
  }
  return names;
}

/** A log may grow meanwhile. */
async function partOf(name: string, file: string): Promise<TarPart> {
  const { size } = await stat(file);
  const open = () => (size === 0 ? Readable.from([]) : createReadStream(file, { end: size - 1 }));
  return { name, sizeBytes: size, open };
}

function bundlePart(dataDir: string, { name, sizeBytes }: InstalledBundle): TarPart {
  return {
    name: `bundles/${name}`,
    sizeBytes,
    async open() {
      const file = await openBundleFile(path.join(dataDir, 'bundles', name)).catch((error: unknown) => {
        throw systemErrorCode(error) === 'ENOENT' ? brokenBundle(name) : error;
      });
      if (file.sizeBytes !== sizeBytes) {
        await file.close();
        throw brokenBundle(name);
      }
      return file.createReadStream(0, sizeBytes - 1).once('close', () => void file.close());
    },
  };
}

async function nameIt(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    throw DomainError.of('archive-exists', { file });
  }
}

async function removeStale(folder: string, at: Date): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.startsWith(scratchPrefix))) {
    const { mtimeMs } = await lstat(path.join(folder, name));
    if (at.getTime() - mtimeMs > staleAfterMs)
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function brokenBundle(name: string): DomainError {
  return DomainError.of('bundle-not-archived', { bundle: name });
}

function noRoom(folder: string, cause: unknown): DomainError {
  return DomainError.of('no-space-for-archive', { folder }, { cause });
}
