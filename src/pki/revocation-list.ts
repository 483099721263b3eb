import { join } from 'node:path';
import { z } from 'zod';
import type { Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import { normalizeSerial } from './certificate-fields';
import { certificateMode, readIfExists, replaceFile } from './durable-file';
import type { CertificatePlace } from './folder-context';
import { withFolderLock } from './folder-lock';

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

/** All revocations in the order in which they were made: those in the folder, and those that servers share. @throws DomainError */
export async function allRevocations({ dir, shared }: CertificatePlace): Promise<readonly Revocation[]> {
  const inFolder = await readRevocations(dir);
  return shared === undefined ? inFolder : merge(inFolder, await shared.revocations.all());
}

/**
 * Adds revocations: to the shared ones if servers share any, else to the folder. Serials that are revoked already are
 * left out.
 * @returns all revocations @throws DomainError
 */
export async function addRevocations(
  place: CertificatePlace,
  wanted: readonly Revocation[],
): Promise<readonly Revocation[]> {
  const { dir, shared } = place;
  if (shared === undefined) return withFolderLock(dir, () => addToFolder(dir, wanted));
  await shared.revocations.add(lacking(await readRevocations(dir), wanted));
  return allRevocations(place);
}

async function addToFolder(dir: string, wanted: readonly Revocation[]): Promise<readonly Revocation[]> {
  const known = await readRevocations(dir);
  const added = lacking(known, wanted);
  const all = [...known, ...added];
  if (added.length > 0) await writeRevocations(dir, all);
  return all;
}

function merge(inFolder: readonly Revocation[], shared: readonly Revocation[]): readonly Revocation[] {
  if (inFolder.length === 0) return shared;
  const all = [...inFolder, ...lacking(inFolder, shared)];
  return all.sort((a, b) => a.revokedAt.getTime() - b.revokedAt.getTime());
}

function lacking(known: readonly Revocation[], wanted: readonly Revocation[]): readonly Revocation[] {
  const serials = new Set(known.map(({ serial }) => serial));
  return wanted.filter(({ serial }) => !serials.has(serial));
}

/** Replaces the list in one step. The caller must hold the lock of the folder. */
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
