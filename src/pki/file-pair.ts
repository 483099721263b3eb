import { lstat, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../base/files/system-error';
import {
  alreadyExists,
  asFileError,
  certificateMode,
  keyMode,
  publish,
  syncFolder,
  writeTemporary,
} from './durable-file';

/** A certificate and, unless the device keeps it, its private key: `<name>.crt` and `<name>.key` of one folder. */
export interface FilePair {
  readonly folder: string;
  readonly name: string;
  readonly certificatePem: string;
  /** `null` when the key is elsewhere: a key that is there now must not stay with a certificate that is not its own. */
  readonly keyPem: string | null;
  /** Whether to move existing files aside. */
  readonly force: boolean;
  /** The existing key belongs to the certificate: leave it. */
  readonly keepsKey?: boolean;
}

/**
 * Writes a pair so that a kill at any point leaves no key with a certificate that is not its own: it removes the old certificate
 * first and adds the new one last. The caller must hold the lock of the certificates folder.
 * @param record runs when everything is on the disk under temporary names, before anything changes
 * @throws DomainError `conflict` when a file exists and is not forced, `storage-full`, `configuration`
 */
export async function writeFilePair(
  pair: FilePair,
  now: Date,
  record: () => Promise<void>,
): Promise<{ readonly written: string[]; readonly kept: string[] }> {
  const certificatePath = join(pair.folder, `${pair.name}.crt`);
  const keyPath = join(pair.folder, `${pair.name}.key`);
  const inTheWay = pair.keepsKey === true ? [certificatePath] : [certificatePath, keyPath];
  const existing = await filterExisting(inTheWay);
  if (existing[0] !== undefined && !pair.force) throw alreadyExists(existing[0]);

  const temporaries: string[] = [];
  const moved: { from: string; to: string }[] = [];
  const published: string[] = [];
  try {
    const temporary = async (content: string, mode: number): Promise<string> => {
      const path = await writeTemporary(pair.folder, content, mode);
      temporaries.push(path);
      return path;
    };
    const certificate = await temporary(pair.certificatePem, certificateMode);
    const key = pair.keyPem === null ? null : await temporary(pair.keyPem, keyMode);
    await record();
    for (const from of existing) {
      const to = await keptPath(from, now);
      await rename(from, to);
      moved.push({ from, to });
    }
    await syncFolder(pair.folder);
    const publishAs = async (temporary: string, path: string): Promise<void> => {
      await publish(temporary, path);
      published.unshift(path);
      await syncFolder(pair.folder);
    };
    if (key !== null) await publishAs(key, keyPath);
    await publishAs(certificate, certificatePath);
    await Promise.all(temporaries.map((path) => rm(path, { force: true })));
  } catch (error) {
    await Promise.all([...temporaries, ...published].map((path) => rm(path, { force: true })));
    for (const { from, to } of moved.reverse()) await rename(to, from);
    throw asFileError(error, certificatePath);
  }
  return { written: published, kept: moved.map(({ to }) => to) };
}

/** Where a replaced file is kept: next to the new one, with a time in its name, never overwriting another. */
async function keptPath(path: string, now: Date): Promise<string> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  for (let attempt = 1; ; attempt++) {
    const candidate = `${path}.${stamp}${attempt === 1 ? '' : `-${attempt}`}.old`;
    if (!(await exists(candidate))) return candidate;
  }
}

async function filterExisting(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await exists(path)) found.push(path);
  return found;
}

/** Whether the name is taken, if only by a dangling link. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw asFileError(error, dirname(path));
  }
}
