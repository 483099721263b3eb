import { DomainError } from './errors';
import type { StoredImageCheck } from './image-check';
import type { Inspection } from './inspection';

/** A stored bundle. Its name never changes its bytes. */
export interface Bundle {
  /** File name, unique on this server. */
  readonly name: string;
  /** Of the whole file, lower-case hex: its ETag and the pin in its URL. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** From the manifest, or as told by the operator for an encrypted one; `null` when nobody said. */
  readonly compatible: string | null;
  readonly uploadedAt: Date;
  readonly uploadedBy: string;
  readonly inspection: Inspection;
  readonly imageCheck: StoredImageCheck;
}

export const bundleNameMaxLength = 200;
const bundleNamePattern = /^[A-Za-z0-9_][A-Za-z0-9 ._+~@=,()-]*(?<! )\.raucb$/;

/**
 * Checks a bundle's file name and returns it unchanged: hostile names are refused, never rewritten, so two names
 * can't become one.
 * @throws DomainError `invalid-input`
 */
export function parseBundleName(name: string): string {
  if (name.length > bundleNameMaxLength || !bundleNamePattern.test(name)) {
    throw new DomainError('invalid-input', `${JSON.stringify(name.slice(0, 80))} is not a bundle name`, {
      remedy: `Use letters, digits, inner blanks and ". _ + ~ @ = , ( ) -", starting with a letter or digit, ending in ".raucb", at most ${bundleNameMaxLength} characters.`,
    });
  }
  return name;
}

/**
 * Checks the SHA-256 of a bundle and returns it unchanged.
 * @throws DomainError `invalid-input`
 */
export function parseSha256(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new DomainError('invalid-input', `${JSON.stringify(sha256.slice(0, 80))} is not a SHA-256`, {
    remedy: 'Use 64 lower-case hexadecimal digits.',
  });
}

export const compatibleMaxLength = 200;

/**
 * Checks a compatible and returns it unchanged. RAUC compares compatibles exactly and allows any text, so only what
 * can't be in a manifest value or would mislead people is refused: control characters, blanks at the ends.
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
    throw new DomainError('invalid-input', `${JSON.stringify(compatible.slice(0, 80))} is not a compatible`, {
      remedy: `Use the compatible= of the device's system.conf: 1 to ${compatibleMaxLength} printable characters, no blank at either end.`,
    });
  }
  return compatible;
}
