import type { KeyObject, X509Certificate } from 'node:crypto';
import { DEFAULT_CIPHERS } from 'node:tls';
import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../core/device-tls';
import { extensionOids } from '../x509/extensions';
import { acceptedKeys, keyProblem } from './accepted-keys';
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
  /** What `ca.crt` holds or will hold; the one that issued the certificate among them. */
  readonly cas: readonly CertificateFields[];
  readonly issuer: CertificateFields;
}

export interface Refusal {
  /** In the words that follow "because". */
  readonly reason: string;
  readonly remedy: string;
  /** Only strict clients refuse it, such as OpenSSL 3.5's default security level: it works today. */
  readonly isStrictOnly: boolean;
}

/**
 * Tries a certificate in real handshakes: by the device listener's own options, and by what a strict OpenSSL asks (security level 2,
 * and the chain up to the highest CA of `ca.crt`). Dates are not judged here: the clock is OpenSSL's own.
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

/** Verdicts of OpenSSL that its own clock makes. */
export const aboutDates: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

const words = { serverAuth: 'a server certificate', clientAuth: 'a device certificate' } as const;

function explain(
  { certificate, issuer, cas, purpose }: ToProve,
  code: string,
  isStrictOnly: boolean,
): Refusal {
  const refusal = (reason: string, remedy: string): Refusal => ({ reason, remedy, isStrictOnly });
  if (!mayIssueFor(issuer, purpose) || code === 'INVALID_PURPOSE' || code === 'INVALID_CA') {
    return refusal(
      `its extended key usage, or that of a CA above it, does not allow ${purpose}`,
      `Use a CA without extended key usage, or with clientAuth and serverAuth: it must issue ${words[purpose]}.`,
    );
  }
  const own = keyProblem(readCertificate(certificate).spkiDer, certificate.publicKey);
  if (own !== null) return refusal(`it has ${own}`, `Create it again with ${acceptedKeys}.`);
  const problem = cas.map((ca) => keyProblem(ca.spkiDer, ca.x509.publicKey)).find((one) => one !== null);
  if (problem !== undefined) return refusal(`a CA has ${problem}`, `Use a CA with ${acceptedKeys}.`);
  if (code === 'PATH_LENGTH_EXCEEDED') {
    return refusal(
      'the path length of a CA above it allows no CA below',
      'Use the CA above, or leave that CA out of the file.',
    );
  }
  if (cas.some(hasNameConstraints)) {
    return refusal(
      'its name constraints do not allow the names in it',
      'Use a CA whose name constraints allow the ids of devices and the names of the server, or one without.',
    );
  }
  return refusal(`OpenSSL says ${code}`, 'Use another CA, or create one with: cert ca.');
}

export function hasNameConstraints({ extensions }: CertificateFields): boolean {
  return extensions.some(({ id }) => id === extensionOids.nameConstraints);
}
