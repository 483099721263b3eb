import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';

/** Nothing was committed, and another attempt may succeed: serialization failure and deadlock. */
const conflicts = new Set(['40001', '40P01']);

/** The connection is gone, or was refused because the server starts, stops or is full. */
const away = new Set([
  '57P01', // terminated by an administrator
  '57P02', // crash of another backend
  '57P03', // starting up
  '57P05', // idle for too long
  '25P03', // idle in a transaction for too long
  '53300', // too many connections
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // no socket
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Messages of the driver, which gives these errors no code. */
const droppedMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Query read timeout)/;

export function isConflict(error: unknown): boolean {
  return conflicts.has(systemErrorCode(error) ?? '');
}

/** Whether the connection was lost or never opened. */
export function isAway(error: unknown): boolean {
  const code = systemErrorCode(error) ?? '';
  if (away.has(code) || code.startsWith('08')) return true;
  return code === '' && error instanceof Error && droppedMessages.test(error.message);
}

/**
 * Translates an error of PostgreSQL or of the connection into one that people can act on; an unexpected one stays as it is, a bug.
 * @returns a DomainError `storage-full` or `unavailable`, or the error itself
 */
export function postgresError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = systemErrorCode(error) ?? '';
  if (isAway(error) || isConflict(error)) return DomainError.of('database-away', {}, { cause: error });
  if (isOfFullDisk(error, code)) return DomainError.of('database-disk-full', {}, { cause: error });
  // A statement or a lock took too long.
  if (code === '57014' || code === '55P03') return DomainError.of('database-slow', {}, { cause: error });
  if (code === '25006') return DomainError.of('database-takes-no-changes', {}, { cause: error });
  // Wrong password, no such role or database, no permission.
  if (code.startsWith('28') || code === '3D000' || code === '42501' || isTls(error, code))
    return DomainError.of('database-refuses', {}, { cause: error });
  return error;
}

/** A full disk, or a quota of the operating system. What the first connection to a new database writes has no code of its own. */
function isOfFullDisk(error: unknown, code: string): boolean {
  if (code === '53100') return true;
  return code === 'XX000' && error instanceof Error && error.message === 'could not write init file';
}

/** Node names failed verifications in its own words, and the driver a server without TLS in a sentence. */
function isTls(error: unknown, code: string): boolean {
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code)) return true;
  return error instanceof Error && error.message.startsWith('The server does not support SSL');
}
