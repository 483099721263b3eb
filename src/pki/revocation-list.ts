import { join } from 'node:path';
import { z } from 'zod';
import type { Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import { normalizeSerial } from './certificate-fields';
import { certificateMode, readIfExists, replaceFile } from './durable-file';

export const revocationFileName = 'revoked.json';

const fileSchema = z.object({
  revoked: z.array(
    z.object({
      serial: z.string().regex(/^[0-9A-Fa-f:]+$/),
      common_name: z.string(),
      revoked_at: z.iso.datetime({ offset: true }),
      reason: z.string(),
    }),
  ),
});

/**
 * The revoked certificates; empty when there is no file.
 * @throws DomainError `configuration` when the file is damaged: that must never look like an empty list
 */
export async function readRevocations(folder: string): Promise<Revocation[]> {
  const path = join(folder, revocationFileName);
  const text = await readIfExists(path);
  if (text === undefined) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).revoked.map((line) => ({
      serial: normalizeSerial(line.serial),
      commonName: line.common_name,
      revokedAt: new Date(line.revoked_at),
      reason: line.reason,
    }));
  } catch (cause) {
    throw DomainError.of('revocation-list-damaged', { file: path }, { cause });
  }
}

/** Replaces the list in one step. Only for who holds the lock of the folder. */
export async function writeRevocations(folder: string, revocations: readonly Revocation[]): Promise<void> {
  const revoked = revocations.map(({ serial, commonName, revokedAt, reason }) => ({
    serial,
    common_name: commonName,
    revoked_at: revokedAt.toISOString(),
    reason,
  }));
  await replaceFile(
    join(folder, revocationFileName),
    `${JSON.stringify({ revoked }, null, 2)}\n`,
    certificateMode,
  );
}
