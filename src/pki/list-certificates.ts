import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../base/files/system-error';
import type { CertificateRole, CertificateSummary, ListedCertificate } from '../core/certificate';
import { DomainError } from '../core/errors';
import { normalizeSerial } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { asFileError } from './durable-file';
import { exists } from './file-pair';
import type { CertificatePlace } from './folder-context';
import { allRevocations } from './revocation-list';
import { summarizeFields } from './summarize-certificate';

const filesAtOnce = 32;

/**
 * The certificates of the folder: the CA's, the server's, then the devices' by name. Leaves out unreadable files; `verify`
 * reports them.
 */
export async function listCertificates(place: CertificatePlace): Promise<ListedCertificate[]> {
  const { dir } = place;
  const revokedAt = await revocationTimes(place);
  return [...(await listOwn(dir, revokedAt)), ...(await listDevices(dir, /\.crt$/, revokedAt))];
}

/**
 * @param which `ca`, `server`, a device id, a serial in any spelling, or the path of a PEM file
 * @throws DomainError `not-found`
 */
export async function showCertificates(place: CertificatePlace, which: string): Promise<ListedCertificate[]> {
  const { dir } = place;
  const revokedAt = await revocationTimes(place);
  if (/[/\\]|\.(crt|pem)$/.test(which)) {
    const listed = await listFile(which, 'unknown', revokedAt);
    if (listed.length > 0) return listed;
  }
  const own = await listOwn(dir, revokedAt);
  const devices = await listDevices(dir, /\.crt$/, revokedAt, mentions(which));
  const named = [
    ...own.filter(({ path }) => ['ca', 'server'].includes(which) && path === join(dir, `${which}.crt`)),
    ...devices.filter(({ certificate }) => certificate.commonName === which),
  ];
  if (named.length > 0) return named;
  const serial = normalizeSerial(which);
  const bySerial = [...own, ...devices].filter(({ certificate }) => certificate.serial === serial);
  if (bySerial.length > 0) return bySerial;
  throw DomainError.of('no-such-certificate', { which: which.slice(0, 80) });
}

/**
 * Device certificates ever written to the folder, including replaced ones.
 * @param which an id or serial: other certificates may then be left out
 */
export async function findDeviceCertificates(dir: string, which: string): Promise<CertificateSummary[]> {
  const listed = await listDevices(dir, /\.crt(\..+\.old)?$/, new Map(), mentions(which));
  return listed.map(({ certificate }) => certificate);
}

/** The CA's and the server's own. */
export function listOwnCertificates(dir: string): Promise<ListedCertificate[]> {
  return listOwn(dir, new Map());
}

/** The names of the devices' certificate files; none when there is no such folder. */
export async function deviceFileNames(dir: string): Promise<string[]> {
  return (await namesIn(join(dir, 'devices'))).filter(
    (name) => !name.startsWith('.') && name.endsWith('.crt'),
  );
}

/** The certificate in a device's file; `undefined` when there is none that can be read. */
export async function readDeviceFile(dir: string, name: string): Promise<CertificateSummary | undefined> {
  const [listed] = await listFile(join(dir, 'devices', name), 'device', new Map());
  return listed?.certificate;
}

type RevocationTimes = ReadonlyMap<string, Date>;

async function revocationTimes(place: CertificatePlace): Promise<RevocationTimes> {
  return new Map((await allRevocations(place)).map(({ serial, revokedAt }) => [serial, revokedAt]));
}

async function listOwn(dir: string, revokedAt: RevocationTimes): Promise<ListedCertificate[]> {
  const ca = await listFile(join(dir, 'ca.crt'), 'ca', revokedAt);
  return [...ca, ...(await listFile(join(dir, 'server.crt'), 'server', revokedAt))];
}

/** Files in `devices/` by name; none when there is no such folder. */
async function listDevices(
  dir: string,
  pattern: RegExp,
  revokedAt: RevocationTimes,
  isWanted?: (pem: string) => boolean,
): Promise<ListedCertificate[]> {
  const folder = join(dir, 'devices');
  const paths = (await namesIn(folder))
    .filter((name) => !name.startsWith('.') && pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
  const listed: ListedCertificate[] = [];
  for (let at = 0; at < paths.length; at += filesAtOnce) {
    const some = paths.slice(at, at + filesAtOnce);
    listed.push(
      ...(await Promise.all(some.map((path) => listFile(path, 'device', revokedAt, isWanted)))).flat(),
    );
  }
  return listed;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asFileError(error, folder);
  }
}

/**
 * Whether a certificate may be the wanted one. Parsing tens of thousands takes ten times as long as searching their bytes.
 * Names are in UTF-8 or UTF-16.
 */
function mentions(which: string): (pem: string) => boolean {
  const serial = normalizeSerial(which);
  const wanted = [Buffer.from(which, 'utf8'), Buffer.from(which, 'utf16le').swap16()];
  if (/^[0-9a-f]+$/.test(serial)) {
    wanted.push(Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex'));
  }
  return (pem) => {
    const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(pem) ?? [];
    const der = Buffer.from(base64, 'base64');
    return wanted.some((bytes) => der.includes(bytes));
  };
}

/** @param role the role that the place implies, for certificates of the old kind, which do not state it */
async function listFile(
  path: string,
  role: CertificateRole,
  revokedAt: RevocationTimes,
  isWanted: (pem: string) => boolean = () => true,
): Promise<ListedCertificate[]> {
  try {
    const pem = await readFile(path, 'utf8');
    if (!isWanted(pem)) return [];
    const certificates = readCertificates(pem, path, 'invalid-input');
    const hasKey = path.endsWith('.crt') && (await exists(path.replace(/\.crt$/, '.key')));
    // A leaf is followed by its chain; in the CA's file, each certificate is a separate CA.
    const own = role === 'ca' ? certificates : certificates.slice(0, 1);
    return own.map(summarizeFields).map((summary) => ({
      path,
      certificate: summary.role === 'unknown' ? { ...summary, role } : summary,
      hasKey,
      revokedAt: revokedAt.get(summary.serial) ?? null,
    }));
  } catch (error) {
    if (error instanceof DomainError || systemErrorCode(error) !== undefined) return [];
    throw error;
  }
}
