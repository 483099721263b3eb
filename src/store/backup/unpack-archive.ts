import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { BackupContents } from '../../core/backup';
import { circumstance } from '../../core/circumstances/catalogue';
import { parseStoredName } from '../../core/opaque';
import { DomainError } from '../../core/errors';
import type { Circumstance } from '../../core/reasons/why';
import { contentsName, parseContents } from './contents-json';
import { openSealedFile } from './seal-file';
import { hashing, readTar } from './tar-files';

/** Names in an archive, in addition to those below `bundles/`. */
export const partNames = {
  database: 'server.db',
  certificates: 'certs.tar',
  sealedCertificates: 'certs.tar.sealed',
} as const;

export interface UnpackOptions {
  readonly passphrase: string | null;
  /** Whether to write bundles; otherwise they are only read and compared. */
  readonly keepsBundles: boolean;
}

const maxContentsBytes = 64 << 20;

/**
 * Unpacks an archive into an empty folder: `server.db`, `bundles/`, `certs/`. Every byte is compared with the
 * archive's list of contents.
 * @throws DomainError `invalid-input` for a damaged or invalid archive, `forbidden` for the wrong passphrase
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  { passphrase, keepsBundles }: UnpackOptions,
): Promise<BackupContents> {
  const hashes = new Map<string, string>();
  let contents: BackupContents | undefined;
  await mkdir(path.join(folder, 'bundles'), { recursive: true, mode: 0o700 });
  await readTar(archive, async (name, content, sizeBytes) => {
    if (contents !== undefined || hashes.has(name))
      throw damaged(archive, circumstance('entry-misplaced', { name }));
    if (name === contentsName) {
      if (sizeBytes > maxContentsBytes) throw damaged(archive, circumstance('contents-too-long'));
      contents = parseContents(await text(content));
      return;
    }
    hashes.set(name, await take(content, targetOf(name, folder, keepsBundles)));
  });
  if (contents === undefined) throw damaged(archive, circumstance('archive-cut-short'));
  compare(archive, contents, hashes);
  if (contents.certificates !== 'none') await unpackCertificates(folder, passphrase, contents);
  return contents;
}

/** @returns the SHA-256 of what it read */
async function take(content: Readable, target: string | null): Promise<string> {
  const hash = createHash('sha256');
  const sink =
    target === null
      ? new Writable({ write: (_piece, _encoding, done) => done() })
      : createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(content, hashing(hash), sink);
  return hash.digest('hex');
}

function targetOf(name: string, folder: string, keepsBundles: boolean): string | null {
  const known: readonly string[] = Object.values(partNames);
  if (known.includes(name)) return path.join(folder, name);
  const [, bundle] = /^bundles\/([^/]+)$/.exec(name) ?? [];
  if (bundle === undefined) throw DomainError.of('archive-entry-unknown', { name });
  const target = path.join(folder, 'bundles', parseStoredName(bundle));
  return keepsBundles ? target : null;
}

function compare(archive: string, contents: BackupContents, hashes: ReadonlyMap<string, string>): void {
  const expected = new Map<string, string>([[partNames.database, contents.database]]);
  if (contents.hasBundles)
    for (const { name, sha256 } of contents.bundles) expected.set(`bundles/${name}`, sha256);
  for (const [name, sha256] of expected)
    if (hashes.get(name) !== sha256) throw damaged(archive, circumstance('entry-changed', { name }));
}

async function unpackCertificates(
  folder: string,
  passphrase: string | null,
  { certificates }: BackupContents,
): Promise<void> {
  const plain = path.join(folder, partNames.certificates);
  if (certificates === 'encrypted') {
    if (passphrase === null) throw DomainError.of('passphrase-missing');
    await openSealedFile(path.join(folder, partNames.sealedCertificates), plain, passphrase);
  }
  const target = path.join(folder, 'certs');
  await mkdir(target, { mode: 0o700 });
  await readTar(plain, async (name, content) => {
    const segments = name.split('/');
    if (
      segments.length > 2 ||
      segments.some((one) => !/^[^\0\\/]+$/.test(one) || one === '.' || one === '..')
    )
      throw DomainError.of('archive-certificate-misnamed');
    const file = path.join(target, ...segments);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await take(content, file);
  });
  await rm(plain);
}

function damaged(archive: string, why: Circumstance): DomainError {
  return DomainError.of('archive-damaged', { archive, why });
}
