import { choice } from '../value-types/choice';
import { databaseAddress, httpsOrigin } from '../value-types/network';
import { compatible, filePath } from '../value-types/text';
import { server, serverOptional } from './option';

/** Where the server is reached, and where its files are. */
export const folderOptions = {
  serverUrl: serverOptional(
    'SERVER_URL',
    httpsOrigin,
    'URL at which devices reach this server; the server certificate must cover its host. If unset, `https://localhost` with the device port.',
  ),
  compatible: serverOptional(
    'COMPATIBLE',
    compatible,
    'Compatible for devices that do not report one. If unset, the compatible that has a release, provided there is only one.',
  ),
  dataDir: server('DATA_DIR', filePath, './data', 'Folder for the database and the bundles.'),
  databaseUrl: {
    ...serverOptional(
      'DATABASE_URL',
      databaseAddress,
      'Experimental: keep the state in this PostgreSQL database instead of a file in `DATA_DIR`. Several servers may share it. Put a password in the variable, not in the flag: other users can see command lines.',
    ),
    secret: true,
  },
  databaseDirectUrl: {
    ...serverOptional(
      'DATABASE_DIRECT_URL',
      databaseAddress,
      'Address of the same database without the connection pooler that `DATABASE_URL` goes through, if that is in transaction mode, as PgBouncer often is.',
    ),
    secret: true,
  },
  certsDir: server('CERTS_DIR', filePath, './certs', 'Folder for the CA, server and device certificates.'),
  oldCertificates: server(
    'OLD_CERTIFICATES',
    choice('taken-over', 'accept', 'refuse'),
    'taken-over',
    'Whether to accept device certificates without a stated purpose (X.509 v1, or no clientAuth extended key usage): `taken-over` accepts those from a CA that an earlier server left in `CERTS_DIR`, `accept` those from every CA in `ca.crt`, `refuse` none.',
  ),
} as const;
