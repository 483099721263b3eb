import type { MonotonicClock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';
import { KnownIssuance } from '../services/certificates/known-issuance';
import { KnownRevocations } from '../services/certificates/known-revocations';
import type { ServerStore } from '../store/store';

/** What this server knows of certificates together with others. */
export interface KnownCertificates extends SharedCertificates {
  readonly revocations: KnownRevocations;
  readonly issuance: KnownIssuance;
}

/** @returns `undefined` for a server that shares no database with others. @throws DomainError `unavailable` */
export async function openSharedCertificates(
  { revocations: records, issuance }: Pick<ServerStore, 'revocations' | 'issuance'>,
  monotonicMs: MonotonicClock,
): Promise<KnownCertificates | undefined> {
  if (records === null || issuance === null) return undefined;
  const revocations = await KnownRevocations.open({ records, monotonicMs });
  return { revocations, issuance: new KnownIssuance(issuance) };
}
