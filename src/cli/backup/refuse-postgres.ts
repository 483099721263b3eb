import type { Config } from '../../config/config';
import { DomainError } from '../../core/errors';

/** @throws DomainError `configuration`: an archive would lack the database */
export function refusePostgres({ databaseUrl }: Config): void {
  if (databaseUrl !== null) throw DomainError.of('archive-of-postgres');
}
