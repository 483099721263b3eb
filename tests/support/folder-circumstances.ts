import { circumstance, type CircumstanceParameters } from '../../src/core/circumstances/catalogue';
import type { certificateFileCircumstances } from '../../src/core/circumstances/certificate-files';
import type { certificateWarnings } from '../../src/core/circumstances/certificate-warnings';
import type { dataFolderCircumstances } from '../../src/core/circumstances/data-folder';
import type { deviceCertificateCircumstances } from '../../src/core/circumstances/device-certificates';
import type { failureCircumstances } from '../../src/core/circumstances/failures';
import type { folderRemedies } from '../../src/core/circumstances/folder-remedies';

const at = '2026-01-02T00:00:00.000Z';
const why = circumstance('purpose-not-allowed', { purpose: 'clientAuth' });
const what = circumstance('certificate-itself');
const reason = { code: 'ca-missing', parameters: { file: 'ca.crt' } };

/** What each circumstance of certificates and folders may need. */
export const folderSamples: {
  readonly [
    Code in
      | keyof typeof certificateFileCircumstances
      | keyof typeof certificateWarnings
      | keyof typeof dataFolderCircumstances
      | keyof typeof deviceCertificateCircumstances
      | keyof typeof failureCircumstances
      | keyof typeof folderRemedies
  ]: CircumstanceParameters<Code>;
} = {
  'ca-created': [{ certificate: 'ca.crt', key: 'ca.key' }],
  'server-certificate-created': [{ file: 'server.crt' }],
  'validity-clipped': [{ at }],
  'validity-short': [{ days: 1 }],
  'id-revoked-before': [{ deviceId: 'board-1' }],
  'earlier-ca-possible': [],
  'names-not-kept': [{ file: 'server.crt' }],
  'whole-chain-trusted': [],
  'cas-below-trusted': [],
  'names-constrained': [],
  'server-certificates-refused': [{ why }],
  'refused-by-strict-clients': [{ what, why }],
  'ca-not-strict': [{ ca: 'CN=Old CA', problems: [circumstance('of-x509-v1')] }],
  'of-x509-v1': [],
  'constraints-not-critical': [],
  'key-usage-missing': [],
  'subject-key-id-missing': [],
  'certificate-not-yet-valid': [{ at }],
  'certificate-expired': [{ at }],
  'certificate-expires': [{ at }],
  'certificate-accepted-from': [{ at }],
  'certificate-refused': [{ what, why }],
  'certificate-of-ca': [{ role: 'device', ca: 'CN=Old CA' }],
  'certificate-itself': [],
  'certificate-not-of-ca': [],
  'certificate-not-of-device': [{ why: circumstance('certificate-is-ca') }],
  'certificate-of-other-device': [{ deviceId: 'board-2' }],
  'certificate-without-purpose': [],
  'certificate-without-purpose-refused': [],
  'certificate-without-host': [],
  'key-of-other-certificate': [],
  'key-without-certificate': [],
  'key-readable': [],
  'folder-readable': [],
  'folder-writable': [],
  'path-missing': [],
  'file-misplaced': [],
  'log-ahead-of-clock': [{ at }],
  'log-damaged': [{ count: 1 }],
  'certificate-is-ca': [],
  'certificate-not-for-clients': [],
  'certificate-names-miscounted': [{ count: 2 }],
  'certificate-name-no-id': [],
  'certificate-issuer-unknown': [{ issuer: 'CN=Other CA' }],
  'certificate-unmarked': [],
  'certificate-binding-invalid': [],
  'certificate-is-revoked': [],
  'revocations-unknown': [],
  'certificate-has-expired': [],
  'certificate-not-shown': [],
  'certificates-not-asked-for': [],
  'connections-in-use': [{ count: 16 }],
  'server-is-stopping': [],
  'data-folder-missing': [],
  'data-owned-by-other': [{ user: 0, owner: 1000 }],
  'data-writable': [],
  'data-readable': [],
  'data-on-read-only-disk': [],
  'data-not-writable': [],
  'failed-with': [{ reason }],
  'remedy-of-failure': [{ reason }],
  'remedy-of-refused-certificate': [{ why }],
  'renew-in-time': [],
  'check-own-clock': [],
  'check-owner-and-mode': [],
  'restore-from-backup': [],
  'move-stray-away': [],
  'create-ca': [],
  'use-strict-ca': [],
  'create-server-certificate': [],
  'create-server-certificate-again': [],
  'begin-with-ca': [],
  'set-board-clock': [],
  'create-device-certificate': [{ deviceId: 'board-1' }],
  'create-device-certificate-again': [{ deviceId: 'board-1' }],
  'rename-file': [],
  'set-clock-or-correct-log': [],
  'revoke-then-remove-lines': [],
  'run-chmod': [{ mode: '600', path: 'ca.key' }],
  'run-chown': [{ owner: '1000:1000', path: 'server.db' }],
  'check-data-dir': [],
  'mount-writable': [],
  'run-as-server-user': [],
};
