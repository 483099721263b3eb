import { DomainError } from '../core/errors';
import type { CertificatePlace } from './folder-context';
import { type Issue, recordIssued } from './issuance';
import type { KeyPair } from './private-key';

/** A start that makes what is missing in the folder. */
export interface FirstStart {
  /** The key that is in the folder without its certificate, to continue where a start was killed. */
  readonly lonelyKey: KeyPair | undefined;
}

/**
 * Records the certificate of the CA or of the server. A start makes none if other servers on the database have theirs: devices of one CA
 * would be refused by the servers of another one.
 * @param start undefined for a command, which may always make one
 * @throws DomainError `configuration` if other servers have one; as {@link recordIssued}
 */
export async function recordMade(
  place: CertificatePlace,
  issue: Issue,
  start: FirstStart | undefined,
): Promise<void> {
  const onlyIfFirst = start !== undefined && start.lonelyKey === undefined;
  if (await recordIssued(place, { ...issue, onlyIfFirst })) return;
  throw DomainError.of('certificates-of-other-servers', { folder: place.dir });
}
