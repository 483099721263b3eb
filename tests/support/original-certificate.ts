import path from 'node:path';
import type { ClientFiles } from './device-listener';
import { mustRun, temporaryFolder } from './programs';

/** A device certificate as the original server's script made it with openssl: RSA, X.509 v1, no extension at all. */
export async function originalCertificate(certsDir: string, id: string): Promise<ClientFiles> {
  const folder = await temporaryFolder();
  const file = (suffix: string) => path.join(folder, `${id}.${suffix}`);
  const ca = path.join(certsDir, 'ca.crt');
  await mustRun('openssl', ['genrsa', '-out', file('key'), '2048']);
  await mustRun('openssl', ['req', '-new', '-key', file('key'), '-subj', `/CN=${id}`, '-out', file('csr')]);
  await mustRun('openssl', [
    ...['x509', '-req', '-in', file('csr'), '-CA', ca, '-CAkey', path.join(certsDir, 'ca.key')],
    ...['-CAserial', file('srl'), '-CAcreateserial', '-days', '3650', '-sha256', '-out', file('crt')],
  ]);
  return { cert: file('crt'), key: file('key'), ca };
}
