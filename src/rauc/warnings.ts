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
  const warn = (code: string, message: string) => warnings.push({ code, message });
  if (manifest.format === 'plain') warnings.push(plainWarning);
  if (manifest.version === null) {
    warn(
      'no-version',
      "The manifest has no version: RAUC's poller aborts on it, and nobody can tell what a device runs.",
    );
  } else if (parseRaucVersion(manifest.version) === null) {
    warn(
      'version-not-semver',
      `RAUC cannot compare the version ${JSON.stringify(manifest.version)}: it wants numbers such as 1.2.3, 1.2.3-rc.1 or 1.2.3+build.`,
    );
  }
  if (manifest.images.some(({ filename }) => filename !== null && isChunkIndex(filename))) {
    warn('casync', 'The bundle refers to a casync chunk store, which this server does not hold.');
  }
  return warnings;
}

export const plainWarning: Finding = {
  code: 'plain-not-streamable',
  message:
    'A plain bundle cannot be streamed: devices must download all of it first. Build it with format=verity.',
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
      message: `The signer's certificate expired at ${signer.notAfter.toISOString()}: devices with a right clock refuse the bundle.`,
    });
  } else if (days < expiryWarningDays) {
    warnings.push({
      code: 'signer-expires-soon',
      message: `The signer's certificate expires in ${days} days: devices that update later refuse the bundle.`,
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
      message:
        'The signer is for code signing only: devices need check-purpose=codesign, the default refuses it.',
    });
  }
  return warnings;
}

export const opaqueWarning: Finding = {
  code: 'crypt-opaque',
  message:
    'The bundle is encrypted: only a device that holds a recipient key can tell what is in it and who signed it.',
};

export const notEncryptedWarning: Finding = {
  code: 'crypt-not-encrypted',
  message:
    'The payload is crypt but the manifest with its key is not encrypted: RAUC installs it nowhere. Use "rauc encrypt".',
};

export const noSquashfsWarning: Finding = {
  code: 'not-installable',
  message: 'The payload is not a squashfs: RAUC cannot mount it and will not install it.',
};
