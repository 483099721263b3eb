import { join } from 'node:path';
import type { DeviceFiles } from '../core/certificate';
import { parseDeviceId } from '../core/device';
import { DomainError } from '../core/errors';
import { loadAuthorities } from './authority';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { readPrivateKey } from './private-key';
import type { CertificatePlace } from './folder-context';
import { findRecorded } from './recorded-device';
import { allRevocations } from './revocation-list';
import { summarizeFields } from './summarize-certificate';

/**
 * A device's files: in the folder, or those that a server has recorded in the database.
 * @returns `null` when it has no certificate
 * @throws DomainError `invalid-input`, `configuration`
 */
export async function readDevice(place: CertificatePlace, deviceId: string): Promise<DeviceFiles | null> {
  const { dir } = place;
  const id = parseDeviceId(deviceId);
  const path = join(dir, 'devices', `${id}.crt`);
  const keyPath = join(dir, 'devices', `${id}.key`);
  const { certificatePem, keyPem } = (await findRecorded(place, id)) ?? {
    certificatePem: await readIfExists(path),
    keyPem: (await readIfExists(keyPath)) ?? null,
  };
  if (certificatePem === undefined) return null;
  const [leaf] = readCertificates(certificatePem, path, 'configuration');
  if (leaf === undefined) return null;
  const certificate = summarizeFields(leaf);
  const isOwnKey =
    keyPem === null || leaf.x509.checkPrivateKey(readPrivateKey(keyPem, keyPath, 'configuration').privateKey);
  if (certificate.commonName !== id || !isOwnKey) {
    throw isOwnKey
      ? DomainError.of('device-file-of-another', { file: path, commonName: certificate.commonName })
      : DomainError.of('device-key-of-another', { file: path, key: keyPath });
  }
  await loadAuthorities(dir); // checks `ca.crt`, which is returned below
  const revoked = (await allRevocations(place)).find(({ serial }) => serial === certificate.serial);
  return {
    certificate,
    revokedAt: revoked?.revokedAt ?? null,
    certificatePem,
    keyPem,
    caPem: (await readIfExists(join(dir, 'ca.crt'))) ?? '',
  };
}
