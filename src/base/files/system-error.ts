/**
 * The system error code (`ENOENT`, `EADDRINUSE` ...) of a caught value, if it has one. The shape decides, not the
 * class: Node's own errors may come from another realm, where `instanceof Error` is false.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
