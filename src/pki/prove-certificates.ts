import type { KeyObject, X509Certificate } from 'node:crypto';
import { DEFAULT_CIPHERS } from 'node:tls';
import { circumstance } from '../core/circumstances/catalogue';
import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../core/device-tls';
import type { Circumstance } from '../core/reasons/why';
import { extensionOids } from '../x509/extensions';
import { keyProblem } from './accepted-keys';
import {
  type CertificateFields,
  isIssuedBy,
  mayIssueFor,
  readCertificate,
  type TlsPurpose,
} from './certificate-fields';
import { type Presented, shakeHands } from './handshake';
import { exportPrivateKey } from './private-key';
import { makeThrowAwayServer } from './throw-away';

/** An end entity's certificate with its private key, issued by one of `cas`. */
export interface ToProve {
  readonly purpose: TlsPurpose;
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
  /** The present or future contents of `ca.crt`, including the CA that issued the certificate. */
  readonly cas: readonly CertificateFields[];
  readonly issuer: CertificateFields;
}

export interface Refusal {
  readonly why: Circumstance;
  /** Whether only strict clients refuse it, such as OpenSSL 3.5 at its default security level: it works today. */
  readonly isStrictOnly: boolean;
}

/**
 * Tries a certificate in real TLS handshakes: with the device listener's own options, and with those of a strict OpenSSL (security
 * level 2, and the chain up to the highest CA of `ca.crt`). Dates are not judged here, because OpenSSL uses the system's clock.
 * @returns why it is refused; `null` when it works
 */
export async function proveCertificate(proof: ToProve): Promise<Refusal | null> {
  if (!mayIssueFor(proof.issuer, proof.purpose)) return explain(proof, 'INVALID_PURPOSE', false);
  const strict = await shake(proof, 'strict');
  if (strict === null) return null;
  const plain = await shake(proof, 'as-configured');
  return explain(proof, plain ?? strict, plain === null);
}

type Rules = 'as-configured' | 'strict';

async function shake(proof: ToProve, rules: Rules): Promise<string | null> {
  const shown: Presented = {
    cert: proof.certificate.toString(),
    key: exportPrivateKey(proof.privateKey),
  };
  const ca = anchorsOf(proof, rules);
  const ciphers = deviceCiphers(DEFAULT_CIPHERS);
  const level = { ciphers: rules === 'strict' ? `${ciphers}:@SECLEVEL=2` : ciphers };
  const verdict =
    proof.purpose === 'clientAuth'
      ? await shakeHands(
          { ...deviceTlsOptions, ...level, ...(await makeThrowAwayServer()), ca },
          { ...level, ...shown, rejectUnauthorized: false },
        )
      : await shakeHands(
          { minVersion: deviceTlsOptions.minVersion, ...level, ...shown },
          { ...level, ca, checkServerIdentity: () => undefined },
        );
  return verdict !== null && aboutDates.has(verdict) ? null : verdict;
}

/** In strict mode a chain continues to the highest CA there is; if that one is a root, it is accepted as an anchor unchecked. */
function anchorsOf({ cas, purpose }: ToProve, rules: Rules): string {
  return cas
    .map((ca) => {
      const isHighest = !cas.some((other) => other !== ca && isIssuedBy(ca, other));
      const isPlain =
        rules === 'strict'
          ? !isHighest || isIssuedBy(ca, ca)
          : purpose === 'serverAuth' && isIssuedBy(ca, ca);
      return isPlain ? ca.x509.toString() : trustAnchorPem(ca.x509.raw, purpose);
    })
    .join('');
}

/** Verdicts of OpenSSL that depend on the system's clock. */
export const aboutDates: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

function explain(proof: ToProve, verdict: string, isStrictOnly: boolean): Refusal {
  return { why: whyRefused(proof, verdict), isStrictOnly };
}

function whyRefused({ certificate, issuer, cas, purpose }: ToProve, verdict: string): Circumstance {
  if (!mayIssueFor(issuer, purpose) || verdict === 'INVALID_PURPOSE' || verdict === 'INVALID_CA')
    return circumstance('purpose-not-allowed', { purpose });
  const own = keyProblem(readCertificate(certificate).spkiDer, certificate.publicKey);
  if (own !== null) return circumstance('own-key-not-taken', { key: own });
  const problem = cas.map((ca) => keyProblem(ca.spkiDer, ca.x509.publicKey)).find((one) => one !== null);
  if (problem !== undefined) return circumstance('key-of-ca-not-taken', { key: problem });
  if (verdict === 'PATH_LENGTH_EXCEEDED') return circumstance('path-length-exceeded');
  if (cas.some(hasNameConstraints)) return circumstance('names-not-allowed');
  return circumstance('refused-by-openssl', { verdict });
}

export function hasNameConstraints({ extensions }: CertificateFields): boolean {
  return extensions.some(({ id }) => id === extensionOids.nameConstraints);
}
