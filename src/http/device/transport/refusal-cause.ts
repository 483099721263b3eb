import type { RefusalCause } from '../../../core/connection-refusal';

/** OpenSSL's verdicts on a certificate, as Node names them, and Node's code for a missing one. */
const causes: Readonly<Record<string, RefusalCause>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'no-certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-ca',
  CERT_SIGNATURE_FAILURE: 'unknown-ca',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_REVOKED: 'revoked',
  INVALID_PURPOSE: 'not-a-device-certificate',
};

/** @param code the code of the error that ended a TLS handshake */
export function refusalCauseOf(code: string): RefusalCause {
  return causes[code] ?? 'other';
}
