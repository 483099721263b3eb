import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateRole, CertificateSummary, ListedCertificate, Revocation } from '../core/certificate';
import { DomainError, systemErrorCode } from '../core/errors';
import { normalizeSerial } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { asFileError } from './durable-file';
import { exists } from './file-pair';
import { readRevocations } from './revocation-list';
import { summarizeFields } from './summarize-certificate';

/**
 * The certificates of the folder: the CA, the server's, then the devices' by name. Files that can't be read are left out:
 * `verify` tells about them.
 */
export async function listCertificates(dir: string): Promise<ListedCertificate[]> {
  const revocations = await readRevocations(dir);
  const paths = [join(dir, 'ca.crt'), join(dir, 'server.crt'), ...(await deviceFiles(dir, /\.crt$/))];
  const listed: ListedCertificate[] = [];
  for (const path of paths) listed.push(...(await listFile(path, roleOfPath(dir, path), revocations)));
  return listed;
}

/**
 * @param which `ca`, `server`, a device id, a serial in any spelling, or the path of a PEM file
 * @throws DomainError `not-found`
 */
export async function showCertificates(dir: string, which: string): Promise<ListedCertificate[]> {
  if (/[/\\]|\.(crt|pem)$/.test(which)) {
    const listed = await listFile(which, 'unknown', await readRevocations(dir));
    if (listed.length > 0) return listed;
  }
  const listed = await listCertificates(dir);
  const named = listed.filter(({ path }) =>
    which === 'ca' || which === 'server' ? path === join(dir, `${which}.crt`) : false,
  );
  const byName = listed.filter(
    ({ certificate, path }) => certificate.commonName === which && path.startsWith(join(dir, 'devices')),
  );
  const found = [...named, ...byName];
  if (found.length > 0) return found;
  const bySerial = listed.filter(({ certificate }) => certificate.serial === normalizeSerial(which));
  if (bySerial.length > 0) return bySerial;
  throw new DomainError('not-found', `there is no certificate ${JSON.stringify(which.slice(0, 80))}`, {
    remedy: 'Give a device id, a serial, "ca", "server" or the path of a PEM file; see: cert list.',
  });
}

/** Device certificates that were ever written to the folder, those that a new one replaced among them. */
export async function findDeviceCertificates(dir: string): Promise<CertificateSummary[]> {
  const found: CertificateSummary[] = [];
  for (const path of await deviceFiles(dir, /\.crt(\..+\.old)?$/)) {
    found.push(...(await listFile(path, 'device', [])).map(({ certificate }) => certificate));
  }
  return found;
}

/** Sorted paths in `devices/`; none when there is no such folder. */
async function deviceFiles(dir: string, pattern: RegExp): Promise<string[]> {
  const folder = join(dir, 'devices');
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => !name.startsWith('.') && pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asFileError(error, folder);
  }
}

function roleOfPath(dir: string, path: string): CertificateRole {
  if (path === join(dir, 'ca.crt')) return 'ca';
  return path === join(dir, 'server.crt') ? 'server' : 'device';
}

/** @param role what the place says of certificates of the old kind, which don't say it themselves */
async function listFile(
  path: string,
  role: CertificateRole,
  revocations: readonly Revocation[],
): Promise<ListedCertificate[]> {
  try {
    const certificates = readCertificates(await readFile(path, 'utf8'), path, 'invalid-input');
    const hasKey = await exists(path.replace(/\.crt$/, '.key'));
    // Behind a leaf lies its chain; in the CA's file each is a CA of its own.
    const own = role === 'ca' ? certificates : certificates.slice(0, 1);
    return own.map(summarizeFields).map((summary) => ({
      path,
      certificate: summary.role === 'unknown' ? { ...summary, role } : summary,
      hasKey: hasKey && path.endsWith('.crt'),
      revokedAt: revocations.find(({ serial }) => serial === summary.serial)?.revokedAt ?? null,
    }));
  } catch (error) {
    if (error instanceof DomainError || systemErrorCode(error) !== undefined) return [];
    throw error;
  }
}
