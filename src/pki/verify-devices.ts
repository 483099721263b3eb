import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { isDeviceId } from '../core/device';
import { describeKey } from '../x509/describe-key';
import { type CertificateFields, isIssuedBy } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { deviceIdentity } from './device-identity';
import { exists } from './file-pair';
import { collect, error, expiry, proved, stray, warning } from './folder-finding';
import { fingerprintOf } from './judge-device';
import { readPrivateKey } from './private-key';
import { hasNameConstraints, proveCertificate } from './prove-certificates';
import { verifyModes } from './verify-modes';

const deviceFile = /^(.+)\.(crt|key)$/;

export interface DeviceTerms {
  readonly at: Date;
  readonly authorities: readonly CertificateFields[];
  /** Fingerprints, as {@link findTakenOver} finds them. */
  readonly takenOver: readonly string[];
  /** One handshake for each kind of certificate: there may be tens of thousands. */
  readonly provedKinds: Set<string>;
}

/** Checks each file of the devices' folder. */
export async function verifyDevices(folder: string, terms: DeviceTerms): Promise<FolderFinding[]> {
  if (!(await exists(folder))) return [];
  const findings: FolderFinding[] = [];
  const names = (await readdir(folder))
    .filter((name) => !name.startsWith('.') && !name.endsWith('.old'))
    .sort();
  for (const name of names) {
    const path = join(folder, name);
    const [, id = '', kind] = deviceFile.exec(name) ?? [];
    if (!isDeviceId(id)) findings.push(stray(path));
    else if (kind === 'crt') findings.push(...(await collect(path, () => verifyDevice(path, id, terms))));
    else if (!names.includes(`${id}.crt`)) {
      findings.push(
        warning(
          path,
          circumstance('key-without-certificate'),
          circumstance('create-device-certificate', { deviceId: id }),
        ),
      );
    }
  }
  return [...findings, ...(await verifyModes(folder, names))];
}

async function verifyDevice(path: string, id: string, terms: DeviceTerms): Promise<FolderFinding[]> {
  const [leaf] = readCertificates(await readFile(path, 'utf8'), path, 'configuration');
  if (leaf === undefined) return [];
  const remedy = circumstance('create-device-certificate-again', { deviceId: id });
  const findings = expiry(path, leaf, terms.at, 'warning');
  const identity = deviceIdentity(leaf.x509);
  if (!identity.ok) {
    const message = circumstance('certificate-not-of-device', { why: identity.reason });
    findings.push(error(path, message, remedy));
  } else if (identity.identity.id !== id) {
    const message = circumstance('certificate-of-other-device', { deviceId: identity.identity.id });
    findings.push(warning(path, message, circumstance('rename-file')));
  }
  const issuer = terms.authorities.find((ca) => isIssuedBy(leaf, ca));
  if (issuer === undefined) findings.push(error(path, circumstance('certificate-not-of-ca'), remedy));
  else if (identity.ok && leaf.extendedKeyUsage === null) {
    if (terms.takenOver.includes(fingerprintOf(issuer)))
      findings.push(warning(path, circumstance('certificate-without-purpose'), remedy));
    else findings.push(error(path, circumstance('certificate-without-purpose-refused'), remedy));
  }
  const keyPath = path.replace(/\.crt$/, '.key');
  if (!(await exists(keyPath))) return findings;
  const { privateKey } = readPrivateKey(await readFile(keyPath), keyPath, 'configuration');
  if (!leaf.x509.checkPrivateKey(privateKey)) {
    return [...findings, error(keyPath, circumstance('key-of-other-certificate'), remedy)];
  }
  if (!identity.ok || issuer === undefined || terms.provedKinds.has(kindOf(leaf, issuer))) return findings;
  const refusal = await proveCertificate({
    purpose: 'clientAuth',
    certificate: leaf.x509,
    privateKey,
    issuer,
    cas: terms.authorities,
  });
  if (refusal === null) terms.provedKinds.add(kindOf(leaf, issuer));
  return [...findings, ...proved(path, circumstance('certificate-itself'), refusal, 'error')];
}

/** What a handshake depends on. Names matter only where the CA constrains them. */
function kindOf(leaf: CertificateFields, issuer: CertificateFields): string {
  const { version, signatureAlgorithm, extensions, x509 } = leaf;
  const shape = extensions.map(({ id, isCritical }) => [id, isCritical]);
  const names = hasNameConstraints(issuer) ? x509.fingerprint256 : '';
  return JSON.stringify([
    ...[fingerprintOf(issuer), version, signatureAlgorithm.id, describeKey(leaf.publicKey)],
    ...[shape, leaf.extendedKeyUsage, names],
  ]);
}
