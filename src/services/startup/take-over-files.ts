import { circumstance } from '../../core/circumstances/catalogue';
import { z } from 'zod';
import { isBundleStoreAway } from '../../core/bundle-store-away';
import { type Bundle, parseBundleName, parseCompatible } from '../../core/bundle';
import { hashPieces } from '../../base/files/hash-pieces';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { notYetChecked } from '../../core/image-check';
import { importer } from '../../core/journal/importer';
import type { Circumstance, Why } from '../../core/reasons/why';
import type { InspectBundle } from '../../ports/bundle-inspection';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { FoundFile, FoundFiles } from '../../ports/found-files';
import type { LegacyFiles, LegacyJson } from '../../ports/legacy';
import { acceptBundle } from '../catalog/accept-bundle';
import type { Catalog } from '../catalog/catalog';
import { parseLegacyInstant } from './legacy-json';

/** Something that was left alone, and why. */
export interface StartupProblem {
  /** Name of the bundle or path of the file below the data folder. */
  readonly path: string;
  readonly message: Circumstance;
}

export interface TakeOverPorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'list'>;
  readonly foundFiles: FoundFiles;
  readonly legacy: Pick<LegacyFiles, 'notes'>;
  readonly inspect: InspectBundle;
  readonly allowUntrusted: boolean;
}

/** What a start found and did. */
export interface TakenOver {
  /** Bundles that were found in the folder and are now in the catalog. */
  readonly adopted: readonly string[];
  readonly problems: readonly StartupProblem[];
}

/**
 * Reconciles catalog and folder at the start. A bundle without its file is reported and not served. An unknown file (left by a
 * crash between file and row, or put there by a person or an earlier server) is imported if it would be accepted as an upload,
 * and otherwise reported and left alone.
 */
export async function takeOverFiles(ports: TakeOverPorts): Promise<TakenOver> {
  const { catalog, storage, foundFiles } = ports;
  const adopted: string[] = [];
  const problems: StartupProblem[] = [];
  const report = (path: string, message: Circumstance) => problems.push({ path, message });
  const found = (await foundFiles.list()).filter(({ name }) => name.endsWith('.raucb'));
  for (const { name, isPlainFile } of found) {
    if (!isPlainFile) report(name, circumstance('file-not-plain'));
  }

  const stored = await sizesIn(storage);
  for (const { name, sha256, sizeBytes } of stored === null ? [] : catalog.bundles()) {
    const storedBytes = stored?.get(sha256);
    if (storedBytes === sizeBytes) continue;
    catalog.markLost(name);
    report(name, lost(storedBytes, sizeBytes));
  }
  for (const file of found) {
    if (!file.isPlainFile) continue;
    try {
      if (await adopt(ports, file, report)) adopted.push(file.name);
    } catch (error) {
      report(file.name, circumstance('file-left-alone', { why: whyLeftAlone(error) }));
    }
  }
  return { adopted, problems };
}

/** @returns sizes by hash; `null` while an object store is away, which says nothing about its bundles */
async function sizesIn(storage: Pick<BundleStorage, 'list'>): Promise<ReadonlyMap<string, number> | null> {
  try {
    return new Map((await storage.list()).map((bytes) => [bytes.sha256, bytes.sizeBytes]));
  } catch (error) {
    if (!isBundleStoreAway(error)) throw error;
    return null;
  }
}

/** @param sizeBytes of its file; `undefined` if there is none */
function lost(sizeBytes: number | undefined, wantedBytes: number): Circumstance {
  return sizeBytes === undefined
    ? circumstance('bundle-file-missing')
    : circumstance('bundle-file-of-wrong-size', { sizeBytes, wantedBytes });
}

type Report = (path: string, message: Circumstance) => void;

/** @throws the error when it is not about this one file */
function whyLeftAlone(error: unknown): Why {
  if (error instanceof DomainError) {
    if (error.code === 'configuration') throw error;
    return error.message;
  }
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  return circumstance('file-unreadable', { code });
}

/** @returns false when it was not imported, for a reported reason */
async function adopt(ports: TakeOverPorts, found: FoundFile, report: Report): Promise<boolean> {
  const { catalog } = ports;
  const name = parseBundleName(found.name);
  const file = await ports.foundFiles.open(name);
  try {
    const sha256 = await hashPieces(file);
    const binding = await catalog.binding(name);
    if (binding !== undefined) {
      if (binding.sha256 !== sha256) {
        throw DomainError.of('name-of-deleted-bundle');
      }
      if (binding.deletedAt !== null && found.changedAt < binding.deletedAt) {
        await ports.foundFiles.remove(name); // an earlier delete was interrupted
        return false;
      }
    }
    const notes = readNotes(await ports.legacy.notes(name), report);
    if ((notes.sha256 ?? sha256) !== sha256 || (notes.sizeBytes ?? file.sizeBytes) !== file.sizeBytes) {
      throw DomainError.of('bytes-not-as-noted');
    }
    const inspection = await ports.inspect(file);
    acceptBundle(name, inspection, ports.allowUntrusted);
    const bundle: Bundle = {
      name,
      sha256,
      weakHashes: null,
      sizeBytes: file.sizeBytes,
      compatible: inspection.manifest?.compatible ?? notes.compatible ?? null,
      uploadedAt: notes.uploadedAt ?? found.modifiedAt,
      uploadedBy: importer,
      inspection,
      imageCheck: notYetChecked,
    };
    await catalog.commit({ bundle });
    await ports.foundFiles.adopt(name, bundle);
    return true;
  } finally {
    await file.close();
  }
}

interface Notes {
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly compatible?: string;
  readonly uploadedAt?: Date;
}

/** Notes come in several shapes. An unexpected field counts as missing. */
const notesSchema = z.object({
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .transform((hex) => hex.toLowerCase())
    .optional()
    .catch(undefined),
  size: z.number().optional().catch(undefined),
  compatible: z.string().transform(parseCompatible).optional().catch(undefined),
  uploaded_at: z.unknown().optional(),
});

function readNotes(candidates: readonly LegacyJson[], report: Report): Notes {
  for (const candidate of candidates) {
    const parsed = 'problem' in candidate ? undefined : notesSchema.safeParse(candidate.content);
    if (parsed?.success !== true) {
      report(
        candidate.path,
        circumstance('notes-ignored', { why: 'problem' in candidate ? candidate.problem : null }),
      );
      continue;
    }
    const { sha256, size, compatible } = parsed.data;
    const uploadedAt = parseLegacyInstant(parsed.data.uploaded_at);
    return {
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(size === undefined ? {} : { sizeBytes: size }),
      ...(compatible === undefined ? {} : { compatible }),
      ...(uploadedAt === undefined ? {} : { uploadedAt }),
    };
  }
  return {};
}
