/**
 * The system error code (`ENOENT`, `EADDRINUSE` ...) of a caught value, if it has one. The shape decides, not the
 * class: Node's own errors may come from another realm, where `instanceof Error` is false.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const spaceCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether there is no room left for a file: on the disk, in its owner's quota, or below the maximum file size. */
export function isOutOfSpace(error: unknown): boolean {
  return spaceCodes.has(systemErrorCode(error) ?? '');
}
