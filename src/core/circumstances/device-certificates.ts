import { counted } from '../../base/text/counted';
import type { Circumstances } from '../reasons/why';

/** Why a device's certificate, or its connection, is refused. */
export const deviceCertificateCircumstances = {
  'certificate-is-ca': () => 'it is a CA certificate',
  'certificate-not-for-clients': () => 'its extended key usage does not allow clientAuth',
  'certificate-names-miscounted': ({ count }: { count: number }) =>
    `it has ${counted(count, 'common name')} instead of one`,
  'certificate-name-no-id': () => 'its common name is not a device id',
  'certificate-issuer-unknown': ({ issuer }: { issuer: string }) =>
    `its issuer, ${issuer}, is not a CA in ca.crt that may issue device certificates`,
  'certificate-unmarked': () => 'it is not marked for TLS clients (no extended key usage with clientAuth)',
  'certificate-binding-invalid': () => 'it is bound to something that is not a compatible',
  'certificate-is-revoked': () => 'its certificate is revoked',
  'revocations-unknown': () =>
    'the server cannot tell whether its certificate is revoked: the database has been away for a minute',
  'certificate-has-expired': () => 'its certificate has expired',
  'certificate-not-shown': () => 'it has no certificate',
  'certificates-not-asked-for': () => 'this listener does not request certificates',
  'connections-in-use': ({ count }: { count: number }) =>
    `it has reached its limit of ${counted(count, 'connection')}`,
  'server-is-stopping': () => 'the server is stopping',
} satisfies Circumstances;
