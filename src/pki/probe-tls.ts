import { systemErrorCode } from '../base/files/system-error';
import { trustAnchorPem } from '../core/device-tls';
import { DomainError } from '../core/errors';
import type { DeviceTls } from '../ports/listener-probes';
import { loadAuthorities, loadAuthority } from './authority';
import { isIssuedBy } from './certificate-fields';
import { exportPrivateKey } from './private-key';
import { makeThrowAwayDevice } from './throw-away';

/**
 * What a device of the folder's CA trusts, with a certificate that exists only in memory. There is no such certificate if the
 * CA's key is missing or unusable.
 */
export async function deviceTlsOf(dir: string): Promise<DeviceTls> {
  const cas = await loadAuthorities(dir).catch(ifUnusable([]));
  const ca = cas
    .map((one) => (isIssuedBy(one, one) ? one.x509.toString() : trustAnchorPem(one.x509.raw, 'serverAuth')))
    .join('');
  const authority = await loadAuthority(dir).catch(ifUnusable(null));
  if (authority === null) return { ca, client: null };
  const { certificate, privateKey } = await makeThrowAwayDevice(authority);
  return { ca, client: { cert: certificate.toString(), key: exportPrivateKey(privateKey) } };
}

/** The check of the folder reports what is unusable. */
function ifUnusable<Result>(result: Result): (error: unknown) => Result {
  return (error) => {
    if (error instanceof DomainError || systemErrorCode(error) !== undefined) return result;
    throw error;
  };
}
