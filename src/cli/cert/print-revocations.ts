import type { Revocation } from '../../core/certificate';
import { type CliContext, print, printJson } from '../kernel/context';
import { formatInstant, formatTable } from '../kernel/printable';

/** The folder's revocations, for scripts. */
export function printRevocationsJson(context: CliContext, revocations: readonly Revocation[]): void {
  const revoked = revocations.map(({ serial, commonName, revokedAt, reason }) => ({
    serial,
    common_name: commonName,
    revoked_at: revokedAt.toISOString(),
    reason,
  }));
  printJson(context, { revoked });
}

/** Prints the folder's revocations for people. @param columns further ones, after the three that are always shown */
export function printRevocations(
  context: CliContext,
  revocations: readonly Revocation[],
  columns: readonly (readonly [header: string, value: (revocation: Revocation) => string])[] = [],
): void {
  const rows = revocations.map((revocation) => [
    revocation.commonName === '' ? '-' : revocation.commonName,
    revocation.serial,
    formatInstant(revocation.revokedAt),
    ...columns.map(([, value]) => value(revocation)),
  ]);
  print(context, formatTable(['NAME', 'SERIAL', 'REVOKED', ...columns.map(([header]) => header)], rows));
}
