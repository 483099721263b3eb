import { generateKeyPair, type KeyObject, type X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import { type Asn1, embed, toDer } from '../x509/der-writer';
import { extensionOids } from '../x509/extensions';
import type { AlternativeName } from '../x509/general-name';
import { buildName } from '../x509/name';
import { hasNamedCurve, keyProblem } from './accepted-keys';
import type { Authority } from './authority';
import { type CertificateFields, isIssuedBy, readCertificate } from './certificate-fields';
import { deviceExtensions, serverExtensions } from './certificate-profile';
import { deviceName } from './device-names';
import type { Presented } from './handshake';
import { exportPrivateKey, exportPublicKey, type KeyPair, makeKeyPair } from './private-key';
import { keyIdentifier, signCertificate } from './sign-certificate';

/** An end entity that exists only in memory, for one proof. */
export interface ThrowAway {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

const proofId = 'proof-of-this-ca';
/** Not random: it is gone before the serial matters. */
const serial = Buffer.of(1);
const generate = promisify(generateKeyPair);
const decades = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2099-01-01T00:00:00Z') };

/** A device that a CA certified. @param names the names for the certificate besides the device's id */
export function makeThrowAwayDevice(
  authority: Authority,
  names: readonly AlternativeName[] = [deviceName(proofId)],
  id = proofId,
): Promise<ThrowAway> {
  return issue(authority, id, (keys) => deviceExtensions(keys, names));
}

/** A server that a CA certified. */
export function makeThrowAwayServerOf(authority: Authority): Promise<ThrowAway> {
  return issue(authority, 'localhost', (keys) =>
    serverExtensions(keys, [{ kind: 'dns', value: 'localhost' }]),
  );
}

async function issue(
  { certificate: ca, keys: caKeys }: Pick<Authority, 'certificate' | 'keys'>,
  name: string,
  extensions: (keys: { readonly subject: Buffer; readonly issuer: Buffer }) => Asn1[],
): Promise<ThrowAway> {
  const keys = await makeKeyPair('ec');
  const spkiDer = exportPublicKey(keys.publicKey);
  const certificate = signCertificate(
    {
      serial,
      issuerDer: ca.subjectDer,
      subject: buildName(name),
      ...decades,
      spkiDer,
      extensions: extensions({
        subject: keyIdentifier(spkiDer),
        issuer: ca.subjectKeyId ?? keyIdentifier(ca.spkiDer),
      }),
    },
    caKeys,
  );
  return { certificate, privateKey: keys.privateKey };
}

let server: Promise<Presented> | undefined;

/** A TLS server that need not be trusted. All proofs of a process share it. */
export function makeThrowAwayServer(): Promise<Presented> {
  return (server ??= makeSelfSigned());
}

async function makeSelfSigned(): Promise<Presented> {
  const keys = await makeKeyPair('ec');
  const spkiDer = exportPublicKey(keys.publicKey);
  const subject = buildName('proof');
  const id = keyIdentifier(spkiDer);
  const extensions = serverExtensions({ subject: id, issuer: id }, [{ kind: 'dns', value: 'localhost' }]);
  const content = { serial, issuerDer: toDer(subject), subject, ...decades, spkiDer, extensions };
  return { cert: signCertificate(content, keys).toString(), key: exportPrivateKey(keys.privateKey) };
}

/**
 * Stand-ins for CAs whose keys are elsewhere: the same fields, with keys of the same kind. Name constraints are left out, because
 * we do not know how the certificates issued elsewhere are named.
 * @param cas the issuing CA first
 * @returns the stand-in for the issuing CA, and all of them
 */
export async function standInFor(cas: readonly CertificateFields[]): Promise<Authority> {
  const made = new Map<CertificateFields, { readonly fields: CertificateFields; readonly keys: KeyPair }>();

  /** @param below the CAs that wait for this one: CAs that signed each other have no highest one */
  async function make(ca: CertificateFields, below: readonly CertificateFields[] = []) {
    const known = made.get(ca);
    if (known !== undefined) return known;
    const keys = await makeKeyLike(ca);
    const path = [...below, ca];
    const above = cas.find((other) => !path.includes(other) && isIssuedBy(ca, other));
    const signer = above === undefined ? keys : (await make(above, path)).keys;
    const x509 = signCertificate(
      {
        serial,
        issuerDer: ca.issuerDer,
        subject: embed(ca.subjectDer),
        ...decades,
        spkiDer: exportPublicKey(keys.publicKey),
        extensions: ca.extensions
          .filter(({ id }) => id !== extensionOids.nameConstraints && id !== extensionOids.authorityKeyId)
          .map(({ raw }) => embed(raw)),
      },
      signer,
    );
    const standIn = { fields: readCertificate(x509), keys };
    made.set(ca, standIn);
    return standIn;
  }

  const [first] = cas;
  if (first === undefined) throw new Error('there is no CA to stand in for');
  const { fields: certificate, keys } = await make(first);
  for (const ca of cas) await make(ca);
  return { certificate, keys, all: cas.flatMap((ca) => made.get(ca)?.fields ?? []) };
}

/** Shorter keys cannot be made; longer ones would take seconds and are not needed. */
const rsaBits = { least: 512, enough: 2048 };

/** @throws DomainError `invalid-input` for a kind of key that cannot sign certificates */
async function makeKeyLike({ spkiDer, x509: { publicKey } }: CertificateFields): Promise<KeyPair> {
  const { modulusLength: bits = 0, namedCurve = 'prime256v1' } = publicKey.asymmetricKeyDetails ?? {};
  const modulusLength = Math.min(Math.max(bits, rsaBits.least), rsaBits.enough);
  switch (publicKey.asymmetricKeyType) {
    case 'rsa':
      return await generate('rsa', { modulusLength });
    case 'rsa-pss':
      return await generate('rsa-pss', { modulusLength });
    case 'ed25519':
      return await generate('ed25519', {});
    case 'ed448':
      return await generate('ed448', {});
    case 'ec':
      return await generate('ec', {
        namedCurve,
        paramEncoding: hasNamedCurve(spkiDer) ? 'named' : 'explicit',
      });
    default: {
      const key = keyProblem(spkiDer, publicKey) ?? circumstance('key-of-unknown-kind');
      throw DomainError.of('ca-key-signs-nothing', { key });
    }
  }
}
