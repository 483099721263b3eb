import { isOutOfSpace, systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';

/**
 * Translates an error of the file system or of SQLite into what people can act on; what is not expected stays what
 * it is, a bug.
 * @returns a DomainError `storage-full` or `unavailable`, or the error itself
 */
export function storageError(error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof DomainError) return error;
  // The last one: there is no room for the index that SQLite keeps beside its -wal file.
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

/** Whether what failed would go on once its disk has room, or takes writes again. */
export function isUnwritable(error: unknown): error is DomainError {
  return error instanceof DomainError && (error.code === 'storage-full' || isOfReadOnlyDisk(error));
}

/** Whether what failed would have gone on if its disk could be written to. */
export function isOfReadOnlyDisk({ cause }: DomainError): boolean {
  return isReadOnlyCode(systemErrorCode(cause) ?? '');
}

/** Whether the disk did not take it. A database that another program keeps locked says nothing of the disk. */
export function isOfDisk(error: unknown): error is DomainError {
  if (isUnwritable(error)) return true;
  const code = error instanceof DomainError ? (systemErrorCode(error.cause) ?? '') : '';
  return code === 'EIO' || code.startsWith('SQLITE_IOERR');
}

function isReadOnlyCode(code: string): boolean {
  return code === 'EROFS' || code.startsWith('SQLITE_READONLY');
}

/** Runs file system work with its errors translated by {@link storageError}. */
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
