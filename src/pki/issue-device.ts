import type { KeyObject } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCompatible } from '../core/bundle';
import type { CertificateWarning, IssuedFiles } from '../core/certificate';
import { parseDeviceId } from '../core/device';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { CreateDeviceRequest } from '../ports/certificates';
import { buildName } from '../x509/name';
import { loadAuthority } from './authority';
import { deviceExtensions } from './certificate-profile';
import { compatibleName, deviceName } from './device-names';
import { ensureFolder, removeTemporaries } from './durable-file';
import { writeFilePair } from './file-pair';
import { type CertificatePlace, type FolderContext, serialSizeBytes } from './folder-context';
import { withFolderLock } from './folder-lock';
import { lastIssuedAt, recordIssued } from './issuance';
import { exportPrivateKey, exportPublicKey, makeKeyPair } from './private-key';
import { findingsOf } from './prove-authority';
import { proveCertificate } from './prove-certificates';
import { allRevocations } from './revocation-list';
import { keepInDatabase, type MadeDevice } from './recorded-device';
import { keyIdentifier, signCertificate } from './sign-certificate';
import { readSigningRequest } from './signing-request';
import { summarizeCertificate } from './summarize-certificate';
import { makeThrowAwayDevice } from './throw-away';
import { defaultDays, planValidity } from './validity';

const shortDays = 365;
const dayMs = 86_400_000;

/**
 * Issues a device's certificate, with a new key or for the key of a request. Nothing is written before a handshake has
 * proved it. If the folder is read-only, certificate and key are in the database.
 * @throws DomainError `invalid-input`, `certificate-refused` (the request), `conflict`, `configuration`, `storage-full`
 */
export async function issueDevice(
  context: FolderContext,
  request: CreateDeviceRequest,
): Promise<IssuedFiles> {
  const { dir, now, random } = context;
  const at = now();
  const id = parseDeviceId(request.id);
  const names = [
    deviceName(id),
    ...[...new Set(request.compatibles ?? [])].map(parseCompatible).map(compatibleName),
  ];
  const { publicKey, privateKey } = await keyOf(request);
  const authority = await loadAuthority(dir);
  const { certificate: ca, keys: caKeys } = authority;
  const { notBefore, notAfter, warnings } = planValidity(
    at,
    { asked: request.days, byDefault: defaultDays.device },
    { issuer: ca, lastIssuedAt: await lastIssuedAt(context) },
  );
  const spkiDer = exportPublicKey(publicKey);
  const certificate = signCertificate(
    {
      serial: random(serialSizeBytes),
      issuerDer: ca.subjectDer,
      subject: buildName(id),
      notBefore,
      notAfter,
      spkiDer,
      extensions: deviceExtensions(
        { subject: keyIdentifier(spkiDer), issuer: ca.subjectKeyId ?? keyIdentifier(ca.spkiDer) },
        names,
      ),
    },
    caKeys,
  );
  // The key behind a request is not here, so another device with the same names stands in.
  const tried =
    privateKey === null ? await makeThrowAwayDevice(authority, names, id) : { certificate, privateKey };
  const refusal = await proveCertificate({
    purpose: 'clientAuth',
    ...tried,
    issuer: ca,
    cas: authority.all,
  });
  const proved = findingsOf(circumstance('this-certificate', { role: 'device' }), refusal);
  const made = {
    id,
    at,
    certificate: summarizeCertificate(certificate),
    certificatePem: certificate.toString(),
    keyPem: privateKey === null ? null : exportPrivateKey(privateKey),
  };
  const revoked = await warnOfRevoked(context, id);
  const force = request.force === true;
  const files =
    context.isReadOnly === true
      ? await keepInDatabase(context, made, force)
      : await keepInFolder(context, made, { force, outDir: request.outDir });
  return {
    certificate: made.certificate,
    ...files,
    warnings: [...warnings, ...proved, ...warnOfShort(at, notAfter), ...revoked],
  };
}

async function keepInFolder(
  context: FolderContext,
  { id, at, certificate, certificatePem, keyPem }: MadeDevice,
  { force, outDir }: { readonly force: boolean; readonly outDir: string | undefined },
): Promise<Pick<IssuedFiles, 'written' | 'kept'>> {
  const { dir } = context;
  const folder = outDir ?? join(dir, 'devices');
  await ensureFolder(folder);
  await refuseOwnFolder(dir, folder);
  return await withFolderLock(dir, async () => {
    if (outDir === undefined) await removeTemporaries(folder);
    return await writeFilePair({ folder, name: id, certificatePem, keyPem, force }, at, async () => {
      await recordIssued(context, { role: 'device', certificate, certificatePem, at });
    });
  });
}

/** A private key is made here only when there is no request: the one behind a request never leaves its device. */
async function keyOf(
  request: CreateDeviceRequest,
): Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject | null }> {
  if (request.csrPem === undefined) return await makeKeyPair(request.key ?? 'ec');
  const { publicKey, commonName } = readSigningRequest(request.csrPem);
  if (commonName !== null && commonName !== request.id) {
    throw DomainError.of('request-of-another-device', {
      named: commonName.slice(0, 80),
      deviceId: request.id,
    });
  }
  return { publicKey, privateKey: null };
}

/** Refuses the server's own folder: there, a device called "ca" or "server" would collide with the server's files. */
async function refuseOwnFolder(dir: string, folder: string): Promise<void> {
  if ((await realpath(dir)) !== (await realpath(folder))) return;
  throw DomainError.of('folder-of-the-server', { folder });
}

async function warnOfRevoked(place: CertificatePlace, id: string): Promise<CertificateWarning[]> {
  const revocations = await allRevocations(place);
  if (!revocations.some(({ commonName }) => commonName === id)) return [];
  return [{ code: 'id-was-revoked', message: circumstance('id-revoked-before', { deviceId: id }) }];
}

function warnOfShort(at: Date, notAfter: Date): CertificateWarning[] {
  const days = Math.ceil((notAfter.getTime() - at.getTime()) / dayMs);
  if (days >= shortDays) return [];
  return [{ code: 'short-validity', message: circumstance('validity-short', { days }) }];
}
