import { sayRefusal } from '../circumstances/refusals';
import { acceptedKeys } from './key-words';
import type { Reasons } from './reason-words';
import { remedyOfCertificate } from './refused-certificate';
import type { Circumstance, Why } from './why';

const setTheClock = 'Set the clock, then retry.';

/** What to do when the log of issued certificates shows that this machine's clock is behind. */
export const setTheClockOrCorrect = `${setTheClock} If the clock was wrong when that certificate was issued, correct issued_at in the last line of issued.jsonl or, with DATABASE_URL, in the table issued_certificates.`;

const matchingPair = 'Restore the matching pair of files.';

/** About CAs, and about what they issue. */
export const authorityReasons = {
  'ca-key-missing': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is missing, so no certificates can be issued here`,
    remedy: 'Issue on the machine that has the CA key, or bring the key here while you need it.',
  },
  'key-not-of-certificate': {
    code: 'configuration',
    says: ({ key, certificate }: { key: string; certificate: string }) =>
      `${key} is not the key of ${certificate}`,
    remedy: matchingPair,
  },
  'ca-key-not-taken': {
    code: 'configuration',
    says: ({ file, key }: { file: string; key: Why }) =>
      `the CA in ${file} has ${sayRefusal(key)}, so not every device could verify what it signs`,
    remedy: `Use a CA with ${acceptedKeys}, or remove its key and issue elsewhere.`,
  },
  'ca-missing': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is missing`,
    remedy: 'Restore it from a backup, create a CA with: cert ca, or import one with: cert ca --import.',
  },
  'ca-file-of-others': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} contains a certificate that is not a CA`,
    remedy: 'Keep only CA certificates in it: any other certificate in it would itself be trusted.',
  },
  'ca-lost': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is missing, but its key and device certificates exist`,
    remedy:
      'Restore ca.crt from a backup, or create a new CA with: cert ca --force, and new device certificates.',
  },
  'ca-name-invalid': {
    code: 'invalid-input',
    says: ({ name }: { name: string; maxLength: number }) => `${JSON.stringify(name)} is not a valid CA name`,
    remedy: ({ maxLength }: { maxLength: number }) => `Use 1 to ${maxLength} printable characters.`,
  },
  'import-not-a-ca': {
    code: 'invalid-input',
    says: ({ commonName }: { commonName: string }) =>
      `the certificate of ${commonName} is not a CA certificate`,
    remedy: 'Use a certificate with basicConstraints CA:TRUE.',
  },
  'import-expired': {
    code: 'invalid-input',
    says: ({ commonName, at }: { commonName: string; at: string }) => `the CA ${commonName} expired on ${at}`,
    remedy: 'Renew it before importing it.',
  },
  'import-not-yet-valid': {
    code: 'invalid-input',
    says: ({ commonName, at }: { commonName: string; at: string }) =>
      `the CA ${commonName} is not valid before ${at}`,
    remedy: 'Check the clock of this machine, or import the CA when it is valid.',
  },
  'import-key-of-another': {
    code: 'invalid-input',
    says: () => 'the key is not the key of the first certificate in the CA file',
    remedy: 'Use a matching pair of files, with the signing CA first.',
  },
  'import-key-not-taken': {
    code: 'invalid-input',
    says: ({ key }: { key: Why }) =>
      `the CA has ${sayRefusal(key)}, so not every device could verify what it signs`,
    remedy: `Use a CA with ${acceptedKeys}, or import it without its key and issue elsewhere.`,
  },
  'certificate-would-be-refused': {
    code: 'configuration',
    says: ({ what, why }: { what: Why; why: Circumstance }) =>
      `${sayRefusal(what)} would be refused: ${sayRefusal(why)}`,
    remedy: ({ why }: { why: Circumstance }) => remedyOfCertificate(why),
  },
  'ca-key-unsupported': {
    code: 'configuration',
    says: () => 'the CA has an unsupported type of key',
    remedy: `Use a CA with ${acceptedKeys}.`,
  },
  'ca-key-signs-nothing': {
    code: 'invalid-input',
    says: ({ key }: { key: Why }) => `a CA has ${sayRefusal(key)}`,
    remedy: `Use a CA with ${acceptedKeys}.`,
  },
  'ca-expired': {
    code: 'configuration',
    says: ({ at }: { at: string }) => `the CA expired on ${at}`,
    remedy:
      'Create a new one with: cert ca --force. Devices need the new ca.crt before they trust the server again.',
  },
  'ca-expires-first': {
    code: 'configuration',
    says: ({ at }: { at: string }) => `the CA expires on ${at}, and its certificates cannot outlast it`,
    remedy:
      'Create a CA elsewhere, add its certificate to every device beside the old one, then import it here: cert ca --import.',
  },
  'renewal-of-another-ca': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `server.crt is from a different CA than the key in ${file}`,
    remedy: 'Renew it where it was issued, and copy server.crt and server.key here.',
  },
  'renewal-by-command': {
    code: 'configuration',
    says: () => 'servers that share a database do not change their certificates folder',
    remedy:
      'Renew it with: cert server --force, and replace server.crt and server.key in the certificates folder of each server. A restart is not needed.',
  },
  'validity-invalid': {
    code: 'invalid-input',
    says: ({ days }: { days: number; maxDays: number }) => `${days} is not a number of days`,
    remedy: ({ maxDays }: { maxDays: number }) => `Use a whole number from 1 to ${maxDays}.`,
  },
  'clock-too-early': {
    code: 'configuration',
    says: ({ now }: { now: string }) => `the clock of this machine says ${now}, which is too early`,
    remedy: setTheClock,
  },
  'clock-before-last-issue': {
    code: 'configuration',
    says: ({ now, last }: { now: string; last: string }) =>
      `the clock of this machine says ${now}, which is too early: a certificate was issued on ${last}`,
    remedy: setTheClockOrCorrect,
  },
} satisfies Reasons;
