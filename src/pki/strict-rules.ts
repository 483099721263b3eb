import type { CertificateWarning } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { extensionOids } from '../x509/extensions';
import { displayName } from '../x509/name';
import type { CertificateFields } from './certificate-fields';

/**
 * What OpenSSL's `X509_V_FLAG_X509_STRICT` refuses in a CA that works elsewhere (RFC 5280, section 4.2.1). Python 3.13 and later
 * set it; Node cannot. This covers only the rules that CAs from older tools break; a handshake finds the rest.
 * @returns at most one finding for each CA
 */
export function strictFindings(cas: readonly CertificateFields[]): CertificateWarning[] {
  return cas.flatMap((ca) => {
    const problems = problemsOf(ca);
    if (problems.length === 0) return [];
    const message = circumstance('ca-not-strict', { ca: displayName(ca.subject), problems });
    return [{ code: 'strict-clients-refuse', message }];
  });
}

function problemsOf(ca: CertificateFields): Circumstance[] {
  if (ca.version < 3) return [circumstance('of-x509-v1')];
  const constraints = ca.extensions.find(({ id }) => id === extensionOids.basicConstraints);
  return [
    ...(constraints?.isCritical === true ? [] : [circumstance('constraints-not-critical')]),
    ...(ca.keyUsage === null ? [circumstance('key-usage-missing')] : []),
    ...(ca.subjectKeyId === null ? [circumstance('subject-key-id-missing')] : []),
  ];
}
