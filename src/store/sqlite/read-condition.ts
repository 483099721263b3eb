import { existsSync } from 'node:fs';
import type Sqlite from 'libsql';
import { systemErrorCode } from '../../base/files/system-error';
import { circumstance } from '../../core/circumstances/catalogue';
import { DomainError } from '../../core/errors';
import { whatFailed } from '../../core/what-failed';
import type { DatabaseCondition, InstalledBundle, ReadDatabase } from '../../ports/installed-data';
import { refuseLinks } from '../refuse-links';
import { storageError } from '../storage-error';
import { migrations } from './migrations';
import { readOnly } from './read-only-database';
import { emptied, isMarked, refuseEmptied } from './refuse-emptied';

/** How many migrations this program has. */
export const knownSchema = migrations.length;

/** SQLite's check names at most this many places. */
const maxDamage = 10;

/**
 * The condition of a database, read without changing it.
 * @param isQuick skips the check whether indexes agree with their tables
 */
export function readCondition(dataDir: string, file: string, isQuick: boolean): DatabaseCondition {
  try {
    refuseLinks(dataDir); // SQLite would follow them
    refuseEmptied(file);
    if (!existsSync(file)) return { kind: 'missing', file };
    const wasMarked = isMarked(file);
    const condition = readOnly(file, (sqlite) => readAll(sqlite, file, isQuick));
    if (condition.schema === 0 && wasMarked) throw emptied(file);
    return condition;
  } catch (error) {
    return unreadable(error, file);
  }
}

/** The bundles that are not deleted. @throws what SQLite throws */
export function readBundles(file: string): readonly InstalledBundle[] {
  return readOnly(file, bundlesOf);
}

function readAll(sqlite: Sqlite.Database, file: string, isQuick: boolean): ReadDatabase {
  const [version] = sqlite.prepare('PRAGMA user_version').all([]) as { user_version: number }[];
  const schema = version?.user_version ?? 0;
  const damage = damageOf(sqlite, isQuick ? 'quick_check' : 'integrity_check');
  const tables = new Set(
    (sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([]) as { name: string }[]).map(
      ({ name }) => name,
    ),
  );
  return {
    kind: 'read',
    file,
    schema,
    oldest: schema,
    damage,
    bundles: tables.has('bundles') ? bundlesOf(sqlite) : [],
    lastEventAt: tables.has('events') ? lastEventOf(sqlite) : null,
    askedNames: tables.has('asked_names') ? askedNamesOf(sqlite) : [],
  };
}

function damageOf(sqlite: Sqlite.Database, check: 'quick_check' | 'integrity_check'): readonly string[] {
  const rows = sqlite.prepare(`PRAGMA ${check}(${maxDamage})`).all([]) as Record<string, unknown>[];
  const lines = rows.map((row) => String(row[check])).filter((line) => line !== 'ok');
  const broken = sqlite.prepare('PRAGMA foreign_key_check').all([]) as { table: string; parent: string }[];
  const references = broken.map(
    ({ table, parent }) => `a row of ${table} names one of ${parent} that is not there`,
  );
  return [...lines, ...new Set(references)].slice(0, maxDamage);
}

function bundlesOf(sqlite: Sqlite.Database): readonly InstalledBundle[] {
  const rows = sqlite
    .prepare('SELECT name, sha256, size_bytes FROM bundles WHERE deleted_at IS NULL ORDER BY name')
    .all([]) as { name: string; sha256: string; size_bytes: number }[];
  return rows.map(({ name, sha256, size_bytes: sizeBytes }) => ({ name, sha256, sizeBytes }));
}

function lastEventOf(sqlite: Sqlite.Database): Date | null {
  const [row] = sqlite.prepare('SELECT at FROM events ORDER BY id DESC LIMIT 1').all([]) as { at: string }[];
  return row === undefined ? null : new Date(row.at);
}

function askedNamesOf(sqlite: Sqlite.Database): readonly { name: string; askedAt: Date }[] {
  const rows = sqlite.prepare('SELECT name, asked_at FROM asked_names').all([]) as {
    name: string;
    asked_at: string;
  }[];
  return rows.map(({ name, asked_at: askedAt }) => ({ name, askedAt: new Date(askedAt) }));
}

function unreadable(error: unknown, file: string): DatabaseCondition {
  const code = systemErrorCode(error) ?? '';
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return {
      kind: 'unreadable',
      file,
      message: circumstance('database-not-one'),
      remedy: circumstance('restore-the-database'),
    };
  }
  const translated = storageError(error);
  if (translated instanceof DomainError) {
    return { kind: 'unreadable', file, ...whatFailed(translated, circumstance('check-the-disk')) };
  }
  if (code === '') throw error;
  return {
    kind: 'unreadable',
    file,
    message: circumstance('file-unreadable', { code }),
    remedy: circumstance('run-as-server-user'),
  };
}
