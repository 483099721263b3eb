import { canonicalName } from './canonical-name';
import type { Element } from './element';
import { Fields } from './fields';
import { directoryNameOf } from './general-name';
import { explicit, implicit } from './tags';

/**
 * Which certificate an issuer used, from authorityKeyIdentifier (RFC 5280, section 4.2.1.1); `null` means not given.
 */
export interface AuthorityKeyId {
  /** The subjectKeyIdentifier of that certificate, in hex. */
  readonly keyId: string | null;
  /** The name of the issuer's issuer, canonical. */
  readonly issuerName: string | null;
  /** In hex, as in that certificate. */
  readonly serial: string | null;
}

export const untoldAuthorityKeyId: AuthorityKeyId = { keyId: null, issuerName: null, serial: null };

/** @throws Malformed */
export function readAuthorityKeyId(value: Element): AuthorityKeyId {
  const fields = new Fields(value);
  const keyId = fields.takeIf(implicit(0));
  const names = fields.takeIf(explicit(1))?.members() ?? [];
  const serial = fields.takeIf(implicit(2));
  fields.end();
  const name = names.map(directoryNameOf).find((candidate) => candidate !== undefined);
  return {
    keyId: keyId?.content.toString('hex') ?? null,
    issuerName: name === undefined ? null : canonicalName(name),
    serial: serial?.content.toString('hex') ?? null,
  };
}
