import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '../../core/errors';

/** The marker is written after the first commit, so a database with a marker is not empty. */
export function isMarked(file: string): boolean {
  return existsSync(path.join(path.dirname(file), 'database.marker'));
}

/**
 * Refuses a database that is missing or empty where a server has run, before SQLite creates a new one.
 * @throws DomainError `configuration`
 */
export function refuseEmptied(file: string): void {
  // The marker first: another process that creates a database writes it last.
  if (isMarked(file) && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) throw emptied(file);
}

/** The error for a database that is missing or empty although its marker is there. */
export function emptied(file: string): DomainError {
  return DomainError.of('database-emptied', { file });
}
