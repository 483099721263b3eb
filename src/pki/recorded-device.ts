import { join } from 'node:path';
import type { CertificateSummary, IssuedFiles } from '../core/certificate';
import { DomainError } from '../core/errors';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { exists } from './file-pair';
import type { CertificatePlace } from './folder-context';
import { recordIssued } from './issuance';
import { summarizeFields } from './summarize-certificate';
import { openTokenKey } from './token-key';

/** A device's certificate before anyone has got it. */
export interface MadeDevice {
  readonly id: string;
  readonly at: Date;
  readonly certificate: CertificateSummary;
  readonly certificatePem: string;
  /** `null` if the device has it. */
  readonly keyPem: string | null;
}

/** A device's certificate in the database. */
export type RecordedDevice = Pick<MadeDevice, 'certificatePem' | 'keyPem'>;

/**
 * Records a certificate for all servers, with its key sealed by the key in the folder.
 * @throws DomainError `conflict` when the device has one already and replacing it is not forced, `configuration` without a key to seal with,
 * `storage-full`, `unavailable`
 */
export async function keepInDatabase(
  place: CertificatePlace,
  { id, at, certificate, certificatePem, keyPem }: MadeDevice,
  isForced: boolean,
): Promise<Pick<IssuedFiles, 'written' | 'kept'>> {
  if (!isForced && (await exists(fileOf(place.dir, id)))) throw alreadyIssued(id);
  const sealedKey =
    keyPem === null
      ? null
      : await openTokenKey(place.dir, { isReadOnly: true }).seal(keyPem, contextOf(certificate), true);
  const issue = { role: 'device', certificate, certificatePem, at, sealedKey } as const;
  if (!(await recordIssued(place, { ...issue, onlyIfFirst: !isForced }))) throw alreadyIssued(id);
  return { written: [], kept: [] };
}

/**
 * The latest certificate of a device, if it is in the database and not in the folder, too, where its key may be.
 * @throws DomainError `configuration` when its key cannot be unsealed, `unavailable`
 */
export async function findRecorded(
  { dir, shared }: CertificatePlace,
  id: string,
): Promise<RecordedDevice | undefined> {
  const { certificatePem = null, sealedKey = null } = (await shared?.issuance.latestOf(id)) ?? {};
  if (certificatePem === null || certificatePem === (await readIfExists(fileOf(dir, id)))) return undefined;
  const [leaf] = readCertificates(certificatePem, id, 'configuration');
  if (leaf === undefined) return undefined;
  const keyPem =
    sealedKey === null ? null : await openTokenKey(dir).open(sealedKey, contextOf(summarizeFields(leaf)));
  return { certificatePem, keyPem };
}

function fileOf(dir: string, id: string): string {
  return join(dir, 'devices', `${id}.crt`);
}

/** What the key is sealed for. */
function contextOf({ fingerprint }: Pick<CertificateSummary, 'fingerprint'>): string {
  return `device-key:${fingerprint}`;
}

function alreadyIssued(deviceId: string): DomainError {
  return DomainError.of('device-has-certificate', { deviceId });
}
