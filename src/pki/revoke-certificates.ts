import { parseSerial, type Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import type { RevokeRequest } from '../ports/certificates';
import { isAuthority, normalizeSerial, readCertificate } from './certificate-fields';
import type { CertificatePlace, FolderContext } from './folder-context';
import { allIssued } from './issuance';
import { findDeviceCertificates, listCertificates, listOwnCertificates } from './list-certificates';
import { addRevocations } from './revocation-list';
import { summarizeFields } from './summarize-certificate';

/** What to revoke: a certificate that is known from the log, from its file, or only by its serial. */
interface Meant {
  readonly serial: string;
  /** Empty for a serial that was never seen here. */
  readonly commonName: string;
}

const reasonMaxLength = 200;

/**
 * Revokes all certificates ever made for a device id, the one with a serial, or a given one, even if it was not made here.
 * Revoking a revoked certificate changes nothing.
 * @returns all matching revocations, old and new; they are on the disk
 * @throws DomainError `not-found`, `invalid-input` for the server's or the CA's own certificate
 */
export async function revokeCertificates(
  context: FolderContext,
  request: RevokeRequest,
): Promise<Revocation[]> {
  const reason = checkReason(request.reason ?? 'unspecified');
  const meant = await findMeant(context, request);
  const revokedAt = context.now();
  const all = await addRevocations(
    context,
    meant.map(({ serial, commonName }) => ({ serial, commonName, revokedAt, reason })),
  );
  const serials = new Set(meant.map(({ serial }) => serial));
  return all.filter(({ serial }) => serials.has(serial));
}

async function findMeant(place: CertificatePlace, request: RevokeRequest): Promise<Meant[]> {
  if ('certificate' in request) return [await readMeant(place.dir, request.certificate)];
  if ('serial' in request) return [await findBySerial(place, request.serial, request.deviceId)];
  return findKnown(place, request.which, request.isSerial ?? false);
}

/** @throws DomainError `invalid-input` when it is not a certificate, or not a device's */
async function readMeant(dir: string, source: string | Uint8Array): Promise<Meant> {
  const fields = readCertificate(typeof source === 'string' ? source : Buffer.from(source));
  const { serial, commonName, fingerprint } = summarizeFields(fields);
  const own = await listOwnCertificates(dir);
  const isOwn = own.some(({ certificate }) => certificate.fingerprint === fingerprint);
  if (isOwn || isAuthority(fields)) throw notOfDevice();
  return { serial, commonName };
}

async function findBySerial(place: CertificatePlace, text: string, deviceId = ''): Promise<Meant> {
  const serial = parseSerial(text);
  const [known] = (await knownDevices(place, serial)).filter((one) => one.serial === serial);
  if (known !== undefined) return known;
  await refuseOwn(place, serial);
  return { serial, commonName: deviceId };
}

async function findKnown(place: CertificatePlace, which: string, isSerial: boolean): Promise<Meant[]> {
  const devices = await knownDevices(place, which);
  const byId = isSerial ? [] : devices.filter(({ commonName }) => commonName === which);
  if (byId.length > 0) return byId;
  const bySerial = devices.filter(({ serial }) => serial === normalizeSerial(which));
  if (bySerial.length > 0) return bySerial;
  await refuseOwn(place, which);
  throw DomainError.of('nothing-issued-for', { which: which.slice(0, 80) });
}

/** @param which an id or serial: other certificates may then be left out */
async function knownDevices(place: CertificatePlace, which: string): Promise<Meant[]> {
  const issued = await allIssued(place);
  return uniqueBySerial([
    ...issued.filter(({ role }) => role === 'device'),
    ...(await findDeviceCertificates(place.dir, which)),
  ]);
}

async function refuseOwn(place: CertificatePlace, which: string): Promise<void> {
  const own = [
    ...(await allIssued(place)).filter(({ role }) => role !== 'device'),
    ...(await listCertificates({ dir: place.dir }))
      .map(({ certificate }) => certificate)
      .filter(({ role }) => role !== 'device'),
  ];
  if (!['ca', 'server'].includes(which) && !own.some(({ serial }) => serial === normalizeSerial(which)))
    return;
  throw notOfDevice();
}

function notOfDevice(): DomainError {
  return DomainError.of('not-of-a-device');
}

function uniqueBySerial(certificates: readonly Meant[]): Meant[] {
  return [
    ...new Map(certificates.map(({ serial, commonName }) => [serial, { serial, commonName }])).values(),
  ];
}

function checkReason(reason: string): string {
  if (reason.length > reasonMaxLength || /[\p{C}\p{Zl}\p{Zp}]/u.test(reason)) {
    throw DomainError.of('revocation-reason-invalid', { maxLength: reasonMaxLength });
  }
  return reason;
}
