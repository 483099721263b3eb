import { DomainError } from './errors';
import type { StoredImageCheck } from './image-check';
import type { Inspection } from './inspection';

/** Hashes that some update clients ask for. They detect accidental damage only. Lower-case hex. */
export interface WeakHashes {
  readonly sha1: string;
  readonly md5: string;
}

/** A stored bundle. Its name never changes its bytes. */
export interface Bundle {
  /** File name, unique on this server. */
  readonly name: string;
  /** Of the whole file, lower-case hex. Used as its ETag and as the pin in its URL. */
  readonly sha256: string;
  /** `null` until they are known. Bundles stored by versions without them are hashed in the background. */
  readonly weakHashes: WeakHashes | null;
  readonly sizeBytes: number;
  /** From the manifest, or given by the operator for an encrypted one; `null` when unknown. */
  readonly compatible: string | null;
  readonly uploadedAt: Date;
  readonly uploadedBy: string;
  readonly inspection: Inspection;
  readonly imageCheck: StoredImageCheck;
}

export const bundleNameMaxLength = 200;
const bundleNamePattern = /^[A-Za-z0-9_][A-Za-z0-9 ._+~@=,()-]*(?<! )\.raucb$/;

/**
 * Checks a bundle's file name and returns it unchanged: hostile names are refused, never rewritten, so two names cannot become
 * one.
 * @throws DomainError `invalid-input`
 */
export function parseBundleName(name: string): string {
  if (isBundleName(name)) return name;
  throw DomainError.of('not-a-bundle-name', { name: name.slice(0, 80), maxLength: bundleNameMaxLength });
}

export function isBundleName(name: string): boolean {
  return name.length <= bundleNameMaxLength && bundleNamePattern.test(name);
}

/** Whether it is a SHA-256 as we write it: 64 lower-case hexadecimal digits. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * Checks the SHA-256 of a bundle and returns it unchanged.
 * @throws DomainError `invalid-input`
 */
export function parseSha256(sha256: string): string {
  if (isSha256(sha256)) return sha256;
  throw DomainError.of('not-a-sha256', { sha256: sha256.slice(0, 80) });
}

export const compatibleMaxLength = 200;

/**
 * Checks a compatible and returns it unchanged. RAUC compares compatibles exactly and allows any text, so this refuses only what
 * cannot be in a manifest value or would mislead people: control characters, spaces at the ends.
 * @throws DomainError `invalid-input`
 */
export function parseCompatible(compatible: string): string {
  const isPrintable = !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(compatible);
  if (
    compatible.length === 0 ||
    compatible.length > compatibleMaxLength ||
    !isPrintable ||
    compatible.trim() !== compatible
  ) {
    throw DomainError.of('not-a-compatible', {
      compatible: compatible.slice(0, 80),
      maxLength: compatibleMaxLength,
    });
  }
  return compatible;
}
