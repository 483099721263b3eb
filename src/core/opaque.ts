import { circumstance } from './circumstances/catalogue';
import { type Bundle, bundleNameMaxLength, isBundleName, parseBundleName } from './bundle';
import { DomainError } from './errors';
import type { StoredImageCheck } from './image-check';
import type { Inspection } from './inspection';

/** Whether a stored file is opaque: it is not a RAUC bundle, and nothing about it was verified. */
export function isOpaque({ inspection }: Pick<Bundle, 'inspection'>): boolean {
  return inspection.verdict === 'opaque';
}

const fileNameMaxLength = 150;
const fileNamePattern = /^[A-Za-z0-9_][A-Za-z0-9 ._+~@=,()-]*(?<! )$/;
const opaqueNamePattern = /^opaque-\d{1,15}-[0-9a-f]{16}-(.*)$/s;

/**
 * Makes the name under which an opaque file is stored. The name is unique to one upload, so the same file name may be uploaded
 * with other bytes.
 * @param moduleId of the module that it was uploaded to
 * @param nonce 16 hexadecimal digits, different for each upload
 * @param fileName checked, and kept at the end because clients look at its extension
 * @throws DomainError `invalid-input`
 */
export function opaqueName(moduleId: number, nonce: string, fileName: string): string {
  return `opaque-${moduleId}-${nonce}-${parseFileName(fileName)}`;
}

/** Checks the name of a file and returns it unchanged. @throws DomainError `invalid-input` */
export function parseFileName(name: string): string {
  if (isFileName(name)) return name;
  throw DomainError.of('not-a-file-name', { name: name.slice(0, 80), maxLength: fileNameMaxLength });
}

function isFileName(name: string): boolean {
  return name.length <= fileNameMaxLength && fileNamePattern.test(name);
}

/** Checks the name of any stored file, of a bundle or opaque, and returns it unchanged. @throws DomainError `invalid-input` */
export function parseStoredName(name: string): string {
  const [, fileName] = opaqueNamePattern.exec(name) ?? [];
  const isKnown = fileName !== undefined && isFileName(fileName) && name.length <= bundleNameMaxLength;
  return isKnown || isBundleName(name) ? name : parseBundleName(name);
}

/** What is known about an opaque file: its size. */
export function opaqueInspection(sizeBytes: number): Inspection {
  return {
    verdict: 'opaque',
    reasons: [],
    signerChain: [],
    judgedUnder: null,
    warnings: [],
    hints: [],
    format: null,
    encrypted: false,
    sizeBytes,
    payloadSizeBytes: null,
    signatureSizeBytes: null,
    manifestHash: null,
    manifest: null,
    recipients: [],
  };
}

/** There are no images to look at. */
export const opaqueImageCheck: StoredImageCheck = {
  state: 'not-checked',
  reason: circumstance('not-a-rauc-bundle'),
};
