import { realpathSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '../../core/errors';
import type { S3Address } from '../../core/s3-address';
import type { InstallationPlace, Moved, MoveRequest } from '../../ports/moves';
import { lockDataDir } from '../files/lock-data-dir';
import { refuseLinks } from '../refuse-links';
import { DigestFiles } from '../s3/digest-files';
import type { BundleObjects } from '../s3/objects';
import { copyRows, countRows, digestRows, findDifference, type TableDigest } from './copy-rows';
import { folderBundles } from './folder-bundles';
import { movedTables } from './moved-tables';
import { moveBundles } from './move-bundles';
import { objectBundles } from './object-bundles';
import type { RowSource, RowTarget } from './places';
import { openPostgresSource, openPostgresTarget } from './postgres-place';
import { openSqliteSource, openSqliteTarget } from './sqlite-place';
import type { BundleSource, BundleTarget } from './stored-bundles';
import type { RowReader } from './table-rows';
import { TargetFolder } from './target-folder';

/** What one run needs in addition to the user's request. */
export interface MoveRun extends MoveRequest {
  /** This process, which a server that is refused meanwhile names. */
  readonly pid: number;
  readonly openObjects: (address: S3Address) => Promise<BundleObjects>;
}

/**
 * Implements the port: locks first, then the bundles, which take longest, then all rows at once, and the marker last.
 */
export async function moveInstallation(run: MoveRun): Promise<Moved> {
  const { from, to, pid } = run;
  refuseSame(from, to);
  refuseLinks(from.dataDir);
  const closing: (() => void | Promise<void>)[] = [];
  try {
    const folder = await TargetFolder.open(to.dataDir);
    closing.push(() => folder.abandon());
    const locks = [lockDataDir(from.dataDir, null)];
    closing.push(() => {
      for (const lock of locks) lock.release();
    });
    locks.push(lockDataDir(to.dataDir, pid));
    const source = await openSource(run, folder);
    closing.push(() => source.close());
    const target = await openTarget(run, folder);
    closing.push(() => target.close());
    return await copyAll(run, folder, source, target);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function copyAll(
  run: MoveRun,
  folder: TargetFolder,
  source: RowSource,
  target: RowTarget,
): Promise<Moved> {
  const there = await rowsThere(run.to, source, target);
  await folder.claim(await source.read(identityOf), there !== undefined);
  const bundles = await source.bundles();
  const copied = await withBundles(run, (from, to) => moveBundles(bundles, from, to, run.onProgress));
  const tables = there ?? (await source.read((reader) => target.write((writer) => copyRows(reader, writer))));
  await folder.finish(run.from.dataDir);
  return { tables: movedTables.length, rows: countRows(tables), bundles: bundles.length, ...copied };
}

/**
 * The rows in the target, if an earlier run has copied them.
 * @throws DomainError `conflict` when they differ from the source's
 */
async function rowsThere(
  to: InstallationPlace,
  source: RowSource,
  target: RowTarget,
): Promise<readonly TableDigest[] | undefined> {
  const there = await target.read(async (reader) => ({
    source: await identityOf(reader),
    tables: await digestRows(reader),
  }));
  if (there === undefined) return undefined;
  const isSame =
    there.source === (await source.read(identityOf)) &&
    findDifference(await source.read(digestRows), there.tables) === undefined;
  if (isSame) return there.tables;
  const place = to.databaseUrl === null ? path.join(to.dataDir, 'server.db') : 'the PostgreSQL database';
  throw DomainError.of('move-target-not-empty', { place });
}

/** What distinguishes one installation from another. */
async function identityOf(reader: RowReader): Promise<string> {
  const table = movedTables.find(({ name }) => name === 'database_identity');
  if (table === undefined) return 'unnamed';
  for await (const [row] of reader.pages(table, ['id'])) return String(row?.[0]);
  return 'unnamed';
}

function openSource({ from }: MoveRun, { scratch }: TargetFolder): Promise<RowSource> {
  return from.databaseUrl === null
    ? openSqliteSource(from.dataDir, scratch)
    : openPostgresSource(from.databaseUrl);
}

async function openTarget({ to }: MoveRun, { scratch }: TargetFolder): Promise<RowTarget> {
  return to.databaseUrl === null
    ? openSqliteTarget(to.dataDir, scratch)
    : await openPostgresTarget(to.databaseUrl);
}

async function withBundles<Result>(
  { from, to, openObjects }: MoveRun,
  work: (source: BundleSource, target: BundleTarget) => Promise<Result>,
): Promise<Result> {
  // The digests of the new installation: it has verified the bundles they belong to.
  const digests = new DigestFiles(path.join(to.dataDir, 'bundle-digests'));
  const open = async ({ dataDir, bundleStore }: InstallationPlace) =>
    bundleStore === null ? folderBundles(dataDir) : objectBundles(await openObjects(bundleStore), digests);
  const source = await open(from);
  try {
    const target = await open(to);
    try {
      return await work(source, target);
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

function refuseSame(from: InstallationPlace, to: InstallationPlace): void {
  const isSameDatabase = from.databaseUrl !== null && from.databaseUrl === to.databaseUrl;
  if (isSameDatabase || realPath(from.dataDir) === realPath(to.dataDir))
    throw DomainError.of('move-to-itself');
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder); // it does not exist yet
  }
}
