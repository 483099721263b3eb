import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import type { Finding, Manifest } from '../core/inspection';
import { parseRaucVersion } from '../core/version';
import { keyPurposes } from '../x509/extensions';
import type { ParsedCertificate } from './certificate';
import { isChunkIndex } from './payload-images';

/** A signer certificate with less time left than this deserves a warning: devices in the field may update months later. */
const expiryWarningDays = 60;
const dayMs = 86_400_000;

/** What to fix in a sound manifest before it costs a trip to the field. */
export function manifestWarnings(manifest: Manifest): Finding[] {
  const warnings: Finding[] = [];
  const warn = (code: string, message: Circumstance) => warnings.push({ code, message });
  if (manifest.format === 'plain') warnings.push(plainWarning);
  if (manifest.version === null) {
    warn('no-version', circumstance('version-missing'));
  } else if (parseRaucVersion(manifest.version) === null) {
    warn('version-not-semver', circumstance('version-not-semver', { version: manifest.version }));
  }
  if (manifest.images.some(({ filename }) => filename !== null && isChunkIndex(filename))) {
    warn('casync', circumstance('chunk-store-needed'));
  }
  return warnings;
}

export const plainWarning: Finding = {
  code: 'plain-not-streamable',
  message: circumstance('plain-not-streamable'),
};

export function signerWarnings(
  signer: Pick<ParsedCertificate, 'notAfter' | 'extendedKeyUsage'>,
  now: Date,
): Finding[] {
  const warnings: Finding[] = [];
  const days = Math.floor((signer.notAfter.getTime() - now.getTime()) / dayMs);
  if (days < 0) {
    warnings.push({
      code: 'signer-expired',
      message: circumstance('signer-expired', { at: signer.notAfter.toISOString() }),
    });
  } else if (days < expiryWarningDays) {
    warnings.push({
      code: 'signer-expires-soon',
      message: circumstance('signer-expires-soon', { days }),
    });
  }
  const usage = signer.extendedKeyUsage;
  if (
    usage !== null &&
    usage.includes(keyPurposes.codeSigning) &&
    !usage.includes(keyPurposes.emailProtection)
  ) {
    warnings.push({
      code: 'code-signing-only',
      message: circumstance('signer-for-code-only'),
    });
  }
  return warnings;
}

export const opaqueWarning: Finding = {
  code: 'crypt-opaque',
  message: circumstance('bundle-encrypted'),
};

export const notEncryptedWarning: Finding = {
  code: 'crypt-not-encrypted',
  message: circumstance('manifest-not-encrypted'),
};

export const noSquashfsWarning: Finding = {
  code: 'not-installable',
  message: circumstance('payload-not-squashfs'),
};
