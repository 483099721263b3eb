import { verify } from 'node:crypto';
import type { CertificateRevocationList } from 'pkijs';
import type { Finding } from '../core/inspection';
import { type ParsedCertificate, safely } from './certificate';
import type { ChainFacts } from './chain-rules';
import { nameOf, refusal } from './refusal';
import { signatureScheme } from './signature-algorithm';

/** `check-crl`: each certificate of the chain needs a current list of its issuer, and must not be on it. */
export function checkRevocation({ chain, keyring, profile, at }: ChainFacts): Finding | null {
  if (!profile.checkCrl) return null;
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? (certificate.selfSigned ? certificate : undefined);
    if (issuer === undefined) continue; // a partial chain ends here
    const list = newest(keyring.revocationLists.filter((candidate) => isUsable(candidate, issuer, at)));
    if (list === undefined)
      return refusal('chain-no-crl', `the keyring has no current revocation list of ${nameOf(issuer)}`);
    if (lists(list, certificate))
      return refusal('chain-revoked', `${nameOf(certificate)} was revoked by its issuer`);
  }
  return null;
}

/** A complete list, signed by the issuer, current at the time (RFC 5280, section 6.3.3). */
function isUsable(list: CertificateRevocationList, issuer: ParsedCertificate, at: Date): boolean {
  if (!Buffer.from(list.issuer.toSchema().toBER()).equals(issuer.subjectDer)) return false;
  if (issuer.keyUsage !== null && !issuer.keyUsage.has('cRLSign')) return false;
  // A critical extension makes it a list of changes, or one of some certificates only.
  if (list.crlExtensions?.extensions.some((extension) => extension.critical) === true) return false;
  if (!(list.thisUpdate.value <= at) || !(list.nextUpdate === undefined || at <= list.nextUpdate.value))
    return false;
  const scheme = signatureScheme(list.signatureAlgorithm, issuer.publicKey);
  if (typeof scheme === 'string') return false;
  const signature = Buffer.from(list.signatureValue.valueBlock.valueHexView);
  return safely(() => verify(scheme.hash, list.tbsView, scheme.key, signature));
}

function newest(lists: readonly CertificateRevocationList[]): CertificateRevocationList | undefined {
  return [...lists].sort((a, b) => b.thisUpdate.value.getTime() - a.thisUpdate.value.getTime())[0];
}

function lists(list: CertificateRevocationList, certificate: ParsedCertificate): boolean {
  const serial = withoutZeros(certificate.x509.serialNumber.toLowerCase());
  return (list.revokedCertificates ?? []).some(
    ({ userCertificate }) =>
      withoutZeros(Buffer.from(userCertificate.valueBlock.valueHexView).toString('hex')) === serial,
  );
}

function withoutZeros(hex: string): string {
  return hex.replace(/^0+/, '');
}
