import { OctetString } from 'asn1js';
import { AuthorityKeyIdentifier, type Extension, GeneralName, RelativeDistinguishedNames } from 'pkijs';
import { canonicalName } from './canonical-name';

/** Which certificate an issuer used, as authorityKeyIdentifier tells (RFC 5280, section 4.2.1.1); `null`: not told. */
export interface IssuerId {
  /** Hex, as {@link subjectKeyIdentifier}. */
  readonly keyId: string | null;
  /** Of the issuer's issuer, canonical. */
  readonly issuerName: string | null;
  /** Hex. */
  readonly serial: string | null;
}

/** In hex; `null` when there is none. */
export function subjectKeyIdentifier(extensions: readonly Extension[]): string | null {
  const value = valueOf(extensions, '2.5.29.14');
  return value instanceof OctetString ? Buffer.from(value.getValue()).toString('hex') : null;
}

export function authorityKeyIdentifier(extensions: readonly Extension[]): IssuerId {
  const value = valueOf(extensions, '2.5.29.35');
  if (!(value instanceof AuthorityKeyIdentifier)) return { keyId: null, issuerName: null, serial: null };
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } = value;
  const names: unknown[] = (authorityCertIssuer ?? []).map((name) =>
    name instanceof GeneralName ? (name.value as unknown) : undefined,
  );
  const name = names.find((candidate) => candidate instanceof RelativeDistinguishedNames);
  return {
    keyId: keyIdentifier === undefined ? null : hex(keyIdentifier.valueBlock.valueHexView),
    issuerName: name === undefined ? null : canonicalName(Buffer.from(name.toSchema().toBER())),
    serial:
      authorityCertSerialNumber === undefined ? null : hex(authorityCertSerialNumber.valueBlock.valueHexView),
  };
}

function valueOf(extensions: readonly Extension[], id: string): unknown {
  return extensions.find((extension) => extension.extnID === id)?.parsedValue;
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
