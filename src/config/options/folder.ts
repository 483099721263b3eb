import { choice } from '../value-types/choice';
import { httpsOrigin } from '../value-types/network';
import { compatible, filePath } from '../value-types/text';
import { server, serverOptional } from './option';

/** Where the server is reached, and where its files lie. */
export const folderOptions = {
  serverUrl: serverOptional(
    'SERVER_URL',
    httpsOrigin,
    'What devices use to reach this server; the server certificate must cover its host. Without it, `https://localhost` and the device port.',
  ),
  compatible: serverOptional(
    'COMPATIBLE',
    compatible,
    'Default compatible, for devices that do not say theirs. Without it, the only compatible that has a release.',
  ),
  dataDir: server('DATA_DIR', filePath, './data', 'Folder of the database and the bundles.'),
  certsDir: server('CERTS_DIR', filePath, './certs', 'Folder of the CA, server and device certificates.'),
  oldCertificates: server(
    'OLD_CERTIFICATES',
    choice('taken-over', 'accept', 'refuse'),
    'taken-over',
    'Device certificates that do not say what they are for (X.509 v1, or no extended key usage with clientAuth): `taken-over` accepts those of a CA that an earlier server left in `CERTS_DIR`, `accept` those of every CA in `ca.crt`, `refuse` none.',
  ),
} as const;
