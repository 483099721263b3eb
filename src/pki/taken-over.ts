import { join } from 'node:path';
import { toDer } from '../x509/der-writer';
import { type CertificateFields, isAuthority, isIssuedBy } from './certificate-fields';
import { caExtensions } from './certificate-profile';
import { readIfExists } from './durable-file';
import type { CertificatePlace } from './folder-context';
import { issuanceLogName } from './issuance-log';
import { fingerprintOf } from './judge-device';

/**
 * Which CAs an earlier server left in the folder: roots that were neither made nor imported here. The original server's script
 * made device certificates that state no purpose. Our own CAs are recognized by their profile even without the log, because a
 * server may have only a copy of `ca.crt`.
 * @returns fingerprints
 * @throws DomainError `configuration` when the log cannot be read, `unavailable`
 */
export async function findTakenOver(
  { dir, shared }: CertificatePlace,
  cas: readonly CertificateFields[],
): Promise<string[]> {
  const recorded = await shared?.issuance.authorities();
  const log = (await readIfExists(join(dir, issuanceLogName))) ?? '';
  return cas
    .filter((ca) => isAuthority(ca) && isIssuedBy(ca, ca) && !hasOurProfile(ca))
    .map(fingerprintOf)
    .filter((fingerprint) => !log.includes(fingerprint) && recorded?.has(fingerprint) !== true);
}

function hasOurProfile({ extensions, subjectKeyId }: CertificateFields): boolean {
  if (subjectKeyId === null) return false;
  const ours = caExtensions({ subject: subjectKeyId, issuer: subjectKeyId }).map(toDer);
  return Buffer.concat(ours).equals(Buffer.concat(extensions.map(({ raw }) => raw)));
}
