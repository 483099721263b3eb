import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readExactly } from '../base/files/read-exactly';
import { systemErrorCode } from '../base/files/system-error';
import type { CertificateSummary } from '../core/certificate';
import { asFileError, certificateMode, readIfExists } from './durable-file';

/** A certificate that was made here, wherever it was written and whatever happened to the file. */
export interface IssuedCertificate {
  readonly serial: string;
  readonly commonName: string;
  readonly role: 'ca' | 'server' | 'device';
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  readonly fingerprint: string;
}

export const issuanceLogName = 'issued.jsonl';
const lineSchema = z.object({
  serial: z.string(),
  common_name: z.string(),
  role: z.enum(['ca', 'server', 'device']),
  not_before: z.iso.datetime().optional(),
  not_after: z.iso.datetime(),
  fingerprint: z.string(),
  issued_at: z.iso.datetime(),
});

/**
 * Records a certificate on the disk before anyone gets it, so that `revoke` finds every certificate that exists.
 * @param origin a CA may have been made elsewhere
 * @throws DomainError `storage-full`, `configuration`
 */
export async function recordIssued(
  folder: string,
  role: IssuedCertificate['role'],
  certificate: CertificateSummary,
  issuedAt: Date,
  origin: 'made' | 'imported' = 'made',
): Promise<void> {
  const path = join(folder, issuanceLogName);
  const line = JSON.stringify({
    serial: certificate.serial,
    common_name: certificate.commonName,
    role,
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    fingerprint: certificate.fingerprint,
    issued_at: issuedAt.toISOString(),
    ...(origin === 'made' ? {} : { origin }),
  });
  try {
    const file = await open(path, 'a+', certificateMode);
    try {
      await file.appendFile(`${(await endsTorn(file)) ? '\n' : ''}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** Whether the last line was cut short by a kill or a full disk: it must not swallow the next one. */
async function endsTorn(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  return (await readExactly(file, size - 1, 1)).toString('latin1') !== '\n';
}

/**
 * Counts and skips torn lines: their certificates were never handed out.
 * @throws DomainError `configuration` when the file cannot be read
 */
export async function readIssued(
  folder: string,
): Promise<{ readonly issued: readonly IssuedCertificate[]; readonly damagedLines: number }> {
  const lines = ((await readIfExists(join(folder, issuanceLogName))) ?? '')
    .split('\n')
    .filter((line) => line !== '');
  const issued = lines.map(parseLine).filter((line) => line !== undefined);
  return { issued, damagedLines: lines.length - issued.length };
}

/** A few hundred lines; the last one may be torn. */
const tailSizeBytes = 1 << 16;

/**
 * When something was last issued here, according to the last readable line; `undefined` when there is none. It does not read the
 * whole log of a large fleet.
 * @throws DomainError `configuration` when the file cannot be read
 */
export async function readLastIssuedAt(folder: string): Promise<Date | undefined> {
  const path = join(folder, issuanceLogName);
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const tailStart = Math.max(0, size - tailSizeBytes);
      const lines = (await readExactly(file, tailStart, size - tailStart)).toString().split('\n');
      return lines.map(parseLine).findLast((line) => line !== undefined)?.issuedAt;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

function parseLine(line: string): IssuedCertificate | undefined {
  try {
    const parsed = lineSchema.parse(JSON.parse(line));
    return {
      serial: parsed.serial,
      commonName: parsed.common_name,
      role: parsed.role,
      notBefore: new Date(parsed.not_before ?? parsed.issued_at),
      notAfter: new Date(parsed.not_after),
      issuedAt: new Date(parsed.issued_at),
      fingerprint: parsed.fingerprint,
    };
  } catch {
    return undefined;
  }
}
