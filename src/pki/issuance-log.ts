import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readExactly } from '../base/files/read-exactly';
import { systemErrorCode } from '../base/files/system-error';
import type { IssuedCertificate } from '../core/certificate';
import { asFileError, certificateMode, readIfExists } from './durable-file';

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
 * Adds certificates to the log, on the disk. The caller must hold the lock of the folder.
 * @param origin a CA may have been made elsewhere
 * @throws DomainError `storage-full`, `configuration`
 */
export async function logIssued(
  folder: string,
  issued: readonly IssuedCertificate[],
  origin: 'made' | 'imported' = 'made',
): Promise<void> {
  const path = join(folder, issuanceLogName);
  const lines = issued.map((one) => `${lineOf(one, origin)}\n`).join('');
  try {
    const file = await open(path, 'a+', certificateMode);
    try {
      await file.appendFile(`${(await endsTorn(file)) ? '\n' : ''}${lines}`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asFileError(error, path);
  }
}

function lineOf(issued: IssuedCertificate, origin: 'made' | 'imported'): string {
  return JSON.stringify({
    serial: issued.serial,
    common_name: issued.commonName,
    role: issued.role,
    not_before: issued.notBefore.toISOString(),
    not_after: issued.notAfter.toISOString(),
    fingerprint: issued.fingerprint,
    issued_at: issued.issuedAt.toISOString(),
    ...(origin === 'made' ? {} : { origin }),
  });
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
