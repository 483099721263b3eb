import type { CertificateFolder } from '../../../ports/certificates';
import type { Check } from '../check';

/** Everything `cert verify` checks. */
export function certificatesCheck({
  certificates,
}: {
  certificates: Pick<CertificateFolder, 'verify'>;
}): Check {
  return {
    name: 'certificates',
    run: async (report) => report.add(await certificates.verify()),
  };
}
