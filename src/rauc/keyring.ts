import { DomainError } from '../core/errors';
import { type RevocationList, readRevocationList } from '../x509/revocation-list';
import { type ParsedCertificate, parseCertificate } from './certificate';

/** The certificates and revocation lists of a keyring file, as RAUC's `[keyring] path` has it. */
export interface Keyring {
  readonly certificates: readonly ParsedCertificate[];
  readonly revocationLists: readonly RevocationList[];
}

/**
 * Parses a PEM keyring.
 * @throws DomainError `configuration` when it has no certificate, or one that cannot be read
 */
export function parseKeyring(pem: string): Keyring {
  const certificates = blocks(pem, '(?:X509 )?CERTIFICATE').map((der) =>
    read('certificate', () => parseCertificate(der)),
  );
  const revocationLists = blocks(pem, 'X509 CRL').map((der) =>
    read('revocation-list', () => readRevocationList(der, 'BER')),
  );
  if (certificates.length === 0) {
    throw DomainError.of('keyring-empty');
  }
  return { certificates, revocationLists };
}

function blocks(pem: string, label: string): Buffer[] {
  const pattern = new RegExp(`-----BEGIN (${label})-----([A-Za-z0-9+/=\\s]+)-----END \\1-----`, 'g');
  return [...pem.matchAll(pattern)].map((match) => Buffer.from(match[2] ?? '', 'base64'));
}

function read<T>(part: 'certificate' | 'revocation-list', parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw DomainError.of('keyring-part-unreadable', { part }, { cause });
  }
}
