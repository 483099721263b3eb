import { isOutOfSpace, systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';

/**
 * Translates an error of the file system or of SQLite into one that people can act on; an unexpected one stays as it
 * is, a bug.
 * @returns a DomainError `storage-full` or `unavailable`, or the error itself
 */
export function storageError(error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof DomainError) return error;
  // The last code: there is no room for the index that SQLite keeps next to its -wal file.
  if (isOutOfSpace(error) || code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return DomainError.of('disk-full', {}, { cause: error });
  }
  if (isReadOnlyCode(code)) {
    return DomainError.of('data-folder-read-only', {}, { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return DomainError.of('database-locked', {}, { cause: error });
  }
  if (code === 'EIO' || code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CORRUPT')) {
    return DomainError.of('disk-errors', {}, { cause: error });
  }
  return error;
}

/** Whether the operation would succeed once its disk has room or is writable again. */
export function isUnwritable(error: unknown): error is DomainError {
  return error instanceof DomainError && (error.code === 'storage-full' || isOfReadOnlyDisk(error));
}

/** Whether the operation failed because its disk is read-only. */
export function isOfReadOnlyDisk({ cause }: DomainError): boolean {
  return isReadOnlyCode(systemErrorCode(cause) ?? '');
}

/** Whether the disk caused the failure. A database that another program keeps locked says nothing about the disk. */
export function isOfDisk(error: unknown): error is DomainError {
  if (isUnwritable(error)) return true;
  const code = error instanceof DomainError ? (systemErrorCode(error.cause) ?? '') : '';
  return code === 'EIO' || code.startsWith('SQLITE_IOERR');
}

function isReadOnlyCode(code: string): boolean {
  return code === 'EROFS' || code.startsWith('SQLITE_READONLY');
}

/** Runs file system work, and translates its errors with {@link storageError}. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** For callers that ask while the server stops. */
export function databaseClosed(): DomainError {
  return DomainError.of('database-closed');
}
