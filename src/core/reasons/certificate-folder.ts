import { counted } from '../../base/text/counted';
import { quoteWord } from '../../base/text/quote-word';
import { sayRefusal } from '../circumstances/refusals';
import { acceptedKeys } from './key-words';
import type { Reasons } from './reason-words';
import { remedyOfRequest } from './refused-certificate';
import type { Circumstance, Why } from './why';

/** About the files in the certificates folder, and those imported into it. */
export const certificateFolderReasons = {
  'encoding-malformed': {
    code: 'invalid-input',
    says: ({ why }: { why: Why }) => `it is malformed: ${sayRefusal(why)}`,
  },
  'certificate-malformed': {
    code: 'invalid-input',
    says: ({ why }: { why: Why }) => `the certificate is malformed: ${sayRefusal(why)}`,
  },
  'not-a-certificate': {
    code: 'invalid-input',
    says: () => 'this is not a certificate',
    remedy: 'Use a PEM certificate, which starts with "-----BEGIN CERTIFICATE-----".',
  },
  'certificates-miscounted': {
    code: 'invalid-input',
    // None, or more than a hundred.
    says: ({ source, count }: { source: Why; count: number }) =>
      `${sayRefusal(source)} contains ${counted(count, 'certificate')}`,
    remedy: 'It must contain a PEM certificate, which starts with "-----BEGIN CERTIFICATE-----".',
  },
  'certificate-unreadable': {
    code: 'invalid-input',
    says: ({ source }: { source: Why }) => `${sayRefusal(source)} contains an unreadable certificate`,
    remedy: 'Restore it from a backup, or create it again.',
  },
  'revocation-list-gone': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is gone`,
    remedy:
      'Restore it from a backup. Until then the server keeps using the list it read before; a restart would lose it.',
  },
  'revocation-list-damaged': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is damaged`,
    remedy:
      'Restore it from a backup, or correct it by hand: without it, revoked certificates would work again.',
  },
  'file-exists': {
    code: 'conflict',
    says: ({ file }: { file: string }) => `${file} already exists`,
    remedy: 'Use --force to replace it; the old file is kept next to the new one.',
  },
  'device-has-certificate': {
    code: 'conflict',
    says: ({ deviceId }: { deviceId: string }) => `${deviceId} has a certificate already`,
    remedy: 'Use --force to issue another one. The earlier one stays valid until you revoke it.',
  },
  'certificates-of-other-servers': {
    code: 'configuration',
    says: ({ folder }: { folder: string }) =>
      `certificates are missing in ${folder}, but servers on this database have theirs`,
    remedy:
      'Copy the certificates folder of another server, or restore it from a backup. To begin with new certificates, which no device trusts yet: cert ca, then cert server.',
  },
  'file-unusable': {
    code: 'configuration',
    says: ({ file, system }: { file: string; system: string }) => `${file} cannot be used (${system})`,
    remedy: 'Check that it exists and that this user may read and write it.',
  },
  'no-space-for-file': {
    code: 'storage-full',
    says: ({ file }: { file: string }) => `no space left to write ${file}`,
    remedy: 'Free some space, then retry: nothing was changed.',
  },
  'certificates-being-changed': {
    code: 'unavailable',
    says: ({ folder }: { folder: string }) => `another process is changing ${folder}`,
    remedy: 'Wait for it to finish, then retry.',
  },
  'folder-not-lockable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} cannot be locked against other processes`,
    remedy: 'Check that this user may write there, and that the file system supports locks (NFS: version 4).',
  },
  'key-encrypted': {
    code: 'configuration',
    says: ({ source }: { source: Why; file: string | null }) =>
      `${sayRefusal(source)} is encrypted with a passphrase`,
    remedy: ({ source, file }: { source: Why; file: string | null }) => decryptRemedy(source, file),
  },
  'not-a-private-key': {
    code: 'configuration',
    says: ({ source }: { source: Why }) => `${sayRefusal(source)} is not a private key`,
    remedy: `Use an unencrypted PEM key: ${acceptedKeys}.`,
  },
  'device-file-of-another': {
    code: 'configuration',
    says: ({ file, commonName }: { file: string; commonName: string }) =>
      `${file} is the certificate of ${commonName}`,
    remedy: 'Restore the matching pair of files, or issue new ones with --force.',
  },
  'device-key-of-another': {
    code: 'configuration',
    says: ({ file, key }: { file: string; key: string }) => `${file} does not belong to ${key}`,
    remedy: 'Restore the matching pair of files, or issue new ones with --force.',
  },
  'folder-of-the-server': {
    code: 'invalid-input',
    says: ({ folder }: { folder: string }) => `${folder} is the folder of the server's own certificates`,
    remedy: 'Write device certificates to another folder.',
  },
  'no-such-certificate': {
    code: 'not-found',
    says: ({ which }: { which: string }) => `there is no certificate ${JSON.stringify(which)}`,
    remedy: 'Use a device id, a serial, "ca", "server" or the path to a PEM file. See: cert list.',
  },
  'nothing-issued-for': {
    code: 'not-found',
    says: ({ which }: { which: string }) => `no certificate was issued here for ${JSON.stringify(which)}`,
    remedy:
      'See: cert list. To revoke one issued elsewhere: cert revoke --file <certificate>, cert revoke --serial <serial>, or device revoke <id> for the one a device is using now. In the API: POST /api/revocations.',
  },
  'not-of-a-device': {
    code: 'invalid-input',
    says: () => 'only device certificates can be revoked',
    remedy: 'Replace the server certificate with: cert server --force; the CA with: cert ca --force.',
  },
  'revocation-reason-invalid': {
    code: 'invalid-input',
    says: () => 'the reason is too long or contains control characters',
    remedy: ({ maxLength }: { maxLength: number }) => `Use at most ${maxLength} printable characters.`,
  },
  'request-malformed': {
    code: 'invalid-input',
    says: ({ why }: { why: Why }) => `the certificate request is malformed: ${sayRefusal(why)}`,
  },
  'request-too-large': {
    code: 'invalid-input',
    says: () => 'the request is larger than 64 KiB',
  },
  'requests-miscounted': {
    code: 'invalid-input',
    // None, or several.
    says: ({ count }: { count: number }) => `it contains ${count} certificate requests instead of one`,
    remedy: 'Use one request in PEM or DER form, as created by "openssl req -new".',
  },
  'request-key-unreadable': {
    code: 'invalid-input',
    says: () => 'the public key of the request cannot be read',
  },
  'request-refused': {
    code: 'certificate-refused',
    says: ({ why }: { why: Circumstance }) => `the certificate request is refused: ${sayRefusal(why)}`,
    remedy: ({ why }: { why: Circumstance }) => remedyOfRequest(why),
  },
  'request-of-another-device': {
    code: 'certificate-refused',
    says: ({ named, deviceId }: { named: string; deviceId: string }) =>
      `the request is for ${JSON.stringify(named)}, not for ${deviceId}`,
    remedy: 'Use the id in the request, or create a request without a common name.',
  },
} satisfies Reasons;

/** The command to type. It replaces a key in the folder, which is read from there; a key from elsewhere stays unchanged. */
function decryptRemedy(source: Why, file: string | null): string {
  const from = quoteWord(file ?? 'encrypted.key');
  const to = quoteWord(`${file ?? 'encrypted.key'}.decrypted`);
  const command = `openssl pkey -in ${from} -out ${to}`;
  if (file === source) return `Decrypt it: ${command} && mv ${to} ${from}`;
  return `Decrypt it, then use the new file: ${command}`;
}
