import {
  bits,
  boolean,
  integer,
  octets,
  oid,
  sequence,
  taggedBytes,
  toDer,
  type Asn1,
} from '../x509/der-writer';
import { extensionOids, keyPurposes } from '../x509/extensions';
import { type AlternativeName, buildAlternativeName } from '../x509/general-name';

/** Identifiers of the keys involved (RFC 5280, sections 4.2.1.1 and 4.2.1.2). */
export interface KeyIdentifiers {
  readonly subject: Buffer;
  readonly issuer: Buffer;
}

// keyUsage bits count from the left (RFC 5280, section 4.2.1.3): digitalSignature is 0, keyCertSign 5, cRLSign 6.
const digitalSignature = bits(Buffer.of(0b1000_0000), 7);
const certificateAndCrlSign = bits(Buffer.of(0b0000_0110), 1);

/** A CA that signs end entities and no further CA. */
export function caExtensions(keys: KeyIdentifiers): Asn1[] {
  const noCaBelow = integer(Buffer.of(0));
  return [
    extension(extensionOids.basicConstraints, sequence(boolean(true), noCaBelow), 'critical'),
    extension(extensionOids.keyUsage, certificateAndCrlSign, 'critical'),
    ...keyIdentifiers(keys),
  ];
}

/** A TLS client and nothing else: it cannot act as a server or CA. */
export function deviceExtensions(keys: KeyIdentifiers, names: readonly AlternativeName[]): Asn1[] {
  return endEntityExtensions(keys, names, keyPurposes.clientAuth);
}

/** A TLS server and nothing else: it cannot pretend to be a device. */
export function serverExtensions(keys: KeyIdentifiers, names: readonly AlternativeName[]): Asn1[] {
  return endEntityExtensions(keys, names, keyPurposes.serverAuth);
}

function endEntityExtensions(
  keys: KeyIdentifiers,
  names: readonly AlternativeName[],
  purpose: string,
): Asn1[] {
  return [
    extension(extensionOids.basicConstraints, sequence(), 'critical'),
    extension(extensionOids.keyUsage, digitalSignature, 'critical'),
    extension(extensionOids.extendedKeyUsage, sequence(oid(purpose))),
    ...keyIdentifiers(keys),
    extension(extensionOids.subjectAltName, sequence(...names.map(buildAlternativeName))),
  ];
}

function keyIdentifiers({ subject, issuer }: KeyIdentifiers): Asn1[] {
  return [
    extension(extensionOids.subjectKeyId, octets(subject)),
    extension(extensionOids.authorityKeyId, sequence(taggedBytes(0, issuer))),
  ];
}

function extension(id: string, value: Asn1, critical?: 'critical'): Asn1 {
  const content = octets(toDer(value));
  return critical === undefined ? sequence(oid(id), content) : sequence(oid(id), boolean(true), content);
}
