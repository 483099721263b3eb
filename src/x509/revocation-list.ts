import { type Algorithm, readAlgorithm } from './algorithm';
import { type AuthorityKeyId, readAuthorityKeyId, untoldAuthorityKeyId } from './authority-key-id';
import type { Encoding } from './bounds';
import { canonicalName } from './canonical-name';
import { type Element, readElement } from './element';
import { type Extension, extensionOids, readExtensions, sayingOf } from './extensions';
import { Fields } from './fields';
import { readBitString } from './primitives';
import { explicit, tags } from './tags';
import { readTime } from './time';

/** A CRL (RFC 5280, section 5.1). */
export interface RevocationList {
  /** Canonical, for comparison. */
  readonly issuerName: string;
  readonly authorityKeyId: AuthorityKeyId;
  readonly thisUpdate: Date;
  /** `null` when the list does not say when the next one is due. */
  readonly nextUpdate: Date | null;
  /** Serials of the revoked certificates in hex, as {@link Certificate.serial}. */
  readonly revoked: ReadonlySet<string>;
  /**
   * Whether the list covers only changes or only some certificates, or has a critical extension that may mean that (RFC 5280,
   * sections 5.2 and 5.3).
   */
  readonly isPartial: boolean;
  /** What the signature covers. */
  readonly signedBytes: Buffer;
  readonly signatureAlgorithm: Algorithm;
  readonly signature: Buffer;
}

/** @throws Malformed */
export function readRevocationList(bytes: Buffer, encoding: Encoding): RevocationList {
  const outer = new Fields(readElement(bytes, encoding));
  const signed = outer.take(tags.sequence);
  const signatureAlgorithm = readAlgorithm(outer.take(tags.sequence));
  const signature = readBitString(outer.take(tags.bitString));
  outer.end();
  return { ...readSigned(signed), signedBytes: signed.raw, signatureAlgorithm, signature };
}

function readSigned(
  signed: Element,
): Omit<RevocationList, 'signedBytes' | 'signatureAlgorithm' | 'signature'> {
  const fields = new Fields(signed);
  fields.takeIf(tags.integer); // version
  fields.take(tags.sequence); // the algorithm again
  const issuer = fields.take(tags.sequence);
  const thisUpdate = readTime(fields.take(tags.utcTime, tags.generalizedTime));
  const next = fields.takeIf(tags.utcTime, tags.generalizedTime);
  const entries = (fields.takeIf(tags.sequence)?.members() ?? []).map(readEntry);
  const extensions = readExtensions(fields.takeIf(explicit(0))?.inner());
  fields.end();
  return {
    issuerName: canonicalName(issuer),
    authorityKeyId:
      sayingOf(extensions, extensionOids.authorityKeyId, readAuthorityKeyId) ?? untoldAuthorityKeyId,
    thisUpdate,
    nextUpdate: next === undefined ? null : readTime(next),
    revoked: new Set(entries.map(({ serial }) => serial)),
    isPartial: extensions.some(isLimiting) || entries.some(({ hasCritical }) => hasCritical),
  };
}

interface Entry {
  readonly serial: string;
  readonly hasCritical: boolean;
}

function readEntry(element: Element): Entry {
  const fields = new Fields(element);
  const serial = fields.take(tags.integer).content.toString('hex');
  fields.take(tags.utcTime, tags.generalizedTime);
  const extensions = readExtensions(fields.takeIf(tags.sequence));
  fields.end();
  return { serial, hasCritical: extensions.some(({ isCritical }) => isCritical) };
}

function isLimiting({ id, isCritical }: Extension): boolean {
  return (
    isCritical || id === extensionOids.deltaCrlIndicator || id === extensionOids.issuingDistributionPoint
  );
}
