import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientFiles } from './device-listener';
import { mustRun, temporaryFolder } from './programs';

/** A device certificate as the original server's script made it with openssl: RSA, X.509 v1, without extensions. */
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

/** A `certs/` folder as the original server's script made it with openssl: CA, server certificate and their keys, and no log. */
export async function originalFolder(): Promise<string> {
  const certsDir = path.join(await temporaryFolder(), 'certs');
  await mkdir(certsDir, { mode: 0o700 });
  const file = (name: string) => path.join(certsDir, name);
  const root = ['-x509', '-days', '3650', '-subj', '/CN=RAUC Update CA', '-out', file('ca.crt')];
  await mustRun('openssl', ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('ca.key'), ...root]);
  const scratch = path.join(await temporaryFolder(), 'server');
  await writeFile(`${scratch}.ext`, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await mustRun('openssl', [
    ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('server.key')],
    ...['-subj', '/CN=localhost', '-out', `${scratch}.csr`],
  ]);
  await mustRun('openssl', [
    ...['x509', '-req', '-in', `${scratch}.csr`, '-CA', file('ca.crt'), '-CAkey', file('ca.key')],
    ...['-CAserial', `${scratch}.srl`, '-CAcreateserial', '-days', '825', '-sha256'],
    ...['-extfile', `${scratch}.ext`, '-out', file('server.crt')],
  ]);
  return certsDir;
}
