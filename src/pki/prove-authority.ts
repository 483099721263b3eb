import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { Why } from '../core/reasons/why';
import type { CertificateWarning } from '../core/certificate';
import type { Authority } from './authority';
import type { CertificateFields, TlsPurpose } from './certificate-fields';
import type { KeyPair } from './private-key';
import { hasNameConstraints, proveCertificate, type Refusal } from './prove-certificates';
import { makeThrowAwayDevice, makeThrowAwayServerOf, standInFor, type ThrowAway } from './throw-away';

/**
 * Tries certificates that a CA would issue.
 * @param keys `null` when they are elsewhere: then an equivalent CA, with a key of the same kind, stands in
 * @returns why a device certificate would be refused, or a server certificate if one can be issued here; `null` when it works
 * @throws DomainError `invalid-input` for a kind of key that cannot sign certificates
 */
export async function proveAuthority(
  cas: readonly CertificateFields[],
  issuer: CertificateFields,
  keys: KeyPair | null,
): Promise<{ readonly device: Refusal | null; readonly server: Refusal | null }> {
  const inOrder = [issuer, ...cas.filter((ca) => ca !== issuer)];
  const authority: Authority =
    keys === null ? await standInFor(inOrder) : { certificate: issuer, keys, all: inOrder };
  const prove = (purpose: TlsPurpose, made: ThrowAway) =>
    proveCertificate({ purpose, ...made, issuer: authority.certificate, cas: authority.all });
  return {
    device: await prove('clientAuth', await makeThrowAwayDevice(authority)),
    server: keys === null ? null : await prove('serverAuth', await makeThrowAwayServerOf(authority)),
  };
}

/**
 * @returns notes about a proven certificate
 * @throws DomainError `configuration` when it does not work
 */
export function findingsOf(what: Why, refusal: Refusal | null): CertificateWarning[] {
  if (refusal === null) return [];
  if (!refusal.isStrictOnly) throw refused('configuration', what, refusal);
  const message = circumstance('refused-by-strict-clients', { what, why: refusal.why });
  return [{ code: 'strict-clients-refuse', message }];
}

/**
 * @returns notes about an imported CA
 * @throws DomainError `invalid-input` when its devices would be refused, even if only under strict rules
 */
export async function proveImport(
  chain: readonly CertificateFields[],
  issuer: CertificateFields,
  keys: KeyPair | null,
): Promise<CertificateWarning[]> {
  const { device, server } = await proveAuthority(chain, issuer, keys);
  if (device !== null)
    throw refused('invalid-input', circumstance('certificate-of-this-ca', { role: 'device' }), device);
  return [
    ...(keys === null && chain.some(hasNameConstraints)
      ? [{ code: 'name-constraints', message: circumstance('names-constrained') }]
      : []),
    ...(server === null
      ? []
      : [
          {
            code: 'issues-no-server',
            message: circumstance('server-certificates-refused', { why: server.why }),
          },
        ]),
  ];
}

function refused(code: 'configuration' | 'invalid-input', what: Why, { why }: Refusal) {
  return DomainError.of('certificate-would-be-refused', { what, why }, { code });
}
