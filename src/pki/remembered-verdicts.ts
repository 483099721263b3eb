import type { X509Certificate } from 'node:crypto';
import { RecentMap } from '../base/collections/recent-map';
import type { PeerCertificate } from '../ports/certificates';
import type { DeviceVerdict } from './judge-device';

/** About 10 MiB. Beyond that, the devices that connected longest ago are judged again. */
const maxRemembered = 10_000;
/** A device certificate has about one kilobyte. */
const maxSizeBytes = 2_048;

/**
 * Judges each certificate once: devices connect again and again, and reading one and checking its signature costs a fifth of a handshake.
 * Only good certificates are remembered, by all of their bytes, so strangers take no room. What changes without the certificate, such as
 * expiry and revocation, is checked elsewhere for each request.
 * @param judge judges under terms that never change
 */
export function rememberVerdicts(
  judge: (certificate: X509Certificate) => DeviceVerdict,
): (certificate: PeerCertificate) => DeviceVerdict {
  const verdicts = new RecentMap<string, DeviceVerdict>(maxRemembered);
  return (certificate) => {
    const key = certificate.der.toString('latin1');
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = judge(certificate.x509);
    if (verdict.ok && key.length <= maxSizeBytes) verdicts.set(key, verdict);
    return verdict;
  };
}
