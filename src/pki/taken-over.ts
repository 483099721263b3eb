import { join } from 'node:path';
import { toDer } from '../x509/der-writer';
import { type CertificateFields, isAuthority, isIssuedBy } from './certificate-fields';
import { caExtensions } from './certificate-profile';
import { readIfExists } from './durable-file';
import { issuanceLogName } from './issuance-log';
import { fingerprintOf } from './judge-device';

/**
 * Which CAs an earlier server left in the folder: roots that were neither made nor imported here. The original's script made
 * device certificates that do not say what they are for. A CA of ours is known by what it says, also without the log,
 * because a server may run on a copy of `ca.crt` alone.
 * @returns fingerprints
 * @throws DomainError `configuration` when the log can't be read
 */
export async function findTakenOver(dir: string, cas: readonly CertificateFields[]): Promise<string[]> {
  const log = (await readIfExists(join(dir, issuanceLogName))) ?? '';
  return cas
    .filter((ca) => isAuthority(ca) && isIssuedBy(ca, ca) && !hasOurProfile(ca))
    .map(fingerprintOf)
    .filter((fingerprint) => !log.includes(fingerprint));
}

function hasOurProfile({ extensions, subjectKeyId }: CertificateFields): boolean {
  if (subjectKeyId === null) return false;
  const ours = caExtensions({ subject: subjectKeyId, issuer: subjectKeyId }).map(toDer);
  return Buffer.concat(ours).equals(Buffer.concat(extensions.map(({ raw }) => raw)));
}
