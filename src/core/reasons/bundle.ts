import { sayFinding } from '../circumstances/findings';
import type { Reasons } from './reason-words';
import type { Why } from './why';

interface Judged {
  name: string;
  findings: readonly Why[];
}

interface Needs {
  name: string;
  /** How many devices have an open installation of it. */
  installations: number;
  /** Some devices that are pinned to it. */
  pinned: readonly string[];
  /** How many more there are. */
  others: number;
}

function listed(findings: readonly Why[]): string {
  return findings.map(sayFinding).join('; ') || 'no reason is known';
}

function installing(installations: number): string[] {
  if (installations === 0) return [];
  const devices =
    installations === 1
      ? '1 device has an open installation'
      : `${installations} devices have open installations`;
  return [`${devices} of it`];
}

function pinnedTo(pinned: readonly string[], others: number): string[] {
  if (pinned.length === 0) return [];
  return [`pinned to it: ${pinned.join(', ')}${others > 0 ? ` and ${others} more` : ''}`];
}

export const bundleReasons = {
  'not-a-bundle-name': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `${JSON.stringify(name)} is not a bundle name`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Use letters, digits, inner spaces and ". _ + ~ @ = , ( ) -", starting with a letter or digit, ending in ".raucb", at most ${maxLength} characters.`,
  },
  'not-a-sha256': {
    code: 'invalid-input',
    says: ({ sha256 }: { sha256: string }) => `${JSON.stringify(sha256)} is not a SHA-256`,
    remedy: 'Use 64 lower-case hexadecimal digits.',
  },
  'not-a-compatible': {
    code: 'invalid-input',
    says: ({ compatible }: { compatible: string }) => `${JSON.stringify(compatible)} is not a compatible`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Use the compatible= of the device's system.conf: 1 to ${maxLength} printable characters, no leading or trailing spaces.`,
  },
  'no-such-bundle': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `there is no bundle ${JSON.stringify(name)}`,
    remedy: 'List the bundles to see their names.',
  },
  'bundle-being-judged': {
    code: 'unavailable',
    says: ({ name }: { name: string }) =>
      `the signature of ${name} is being checked against the current keyring`,
    remedy: 'Try again in a moment.',
  },
  'bundle-not-trusted-any-more': {
    code: 'bundle-untrusted',
    says: ({ name, why }: { name: string; why: Why }) => `${name} is no longer trusted: ${sayFinding(why)}`,
    remedy: "Sign it again with a certificate of the keyring, or configure the devices' keyring.",
  },
  'bundle-bytes-gone': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `the file of ${name} is missing or has changed`,
    remedy: 'Upload the same bundle again.',
  },
  'name-of-deleted-bundle': {
    code: 'conflict',
    says: () => 'its name belongs to a deleted bundle with different content',
  },
  'bytes-not-as-noted': {
    code: 'conflict',
    says: () => 'its content differs from what was uploaded',
  },
  'no-bundle-for-device': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `there is no bundle ${JSON.stringify(name)} for this device`,
  },
  'bundle-check-ended-early': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the check of the bundle ended early: ${why}`,
    remedy: 'Try again.',
  },
  'unknown-file-in-the-way': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `the bundle folder contains an unknown file named ${name}`,
    remedy: 'Check what it is and move it away, or choose another name.',
  },
  'bundle-deleted': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `the bundle ${name} was deleted`,
    remedy: 'Choose another bundle.',
  },
  'bundle-broken': {
    code: 'bundle-broken',
    says: ({ name, findings }: Judged) => `${name} is broken: ${listed(findings)}`,
    remedy: 'Build it again and check it with "rauc info" before the upload.',
  },
  'bundle-not-trusted': {
    code: 'bundle-untrusted',
    says: ({ name, findings }: Judged) => `${name} is not trusted: ${listed(findings)}`,
    remedy: 'Sign it with a certificate of the keyring, or configure the keyring that the devices have.',
  },
  'bundle-current': {
    code: 'conflict',
    says: ({ name, places }: { name: string; places: readonly string[] }) =>
      `${name} is current for ${places.join(', ')}`,
    remedy: 'Activate another bundle there or deactivate it, then delete.',
  },
  'bundle-needed': {
    code: 'conflict',
    says: ({ name, installations, pinned, others }: Needs) =>
      `${name} is needed: ${[...installing(installations), ...pinnedTo(pinned, others)].join('; ')}`,
    remedy:
      'Cancel those installations and lift the pins, or wait until they have ended. Or delete it anyway, with force.',
  },
  'name-of-other-bytes': {
    code: 'conflict',
    says: ({ name, isDeleted }: { name: string; isDeleted: boolean }) =>
      `${name} ${isDeleted ? 'was once' : 'is'} the name of a bundle with different content`,
    remedy: 'Give the new bundle a name of its own, for example with its version in it.',
  },
} satisfies Reasons;
