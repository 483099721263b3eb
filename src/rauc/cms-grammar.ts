import { circumstance } from '../core/circumstances/catalogue';
import { areSortedDer, encodeDer, isReadable } from '../x509/der';
import { type Element, expectTag, misplaced, readElement } from '../x509/element';
import { Fields } from '../x509/fields';
import { Malformed } from '../x509/malformed';
import { explicit, implicit, tags } from '../x509/tags';

/** OpenSSL reads a string in pieces no deeper than this (`ASN1_MAX_STRING_NEST`). */
const maxStringNesting = 5;

/**
 * Checks a CMS SignedData against its grammar (RFC 5652, sections 3, 5 and 10) as strictly as OpenSSL does: each
 * element in its place, and no others. Lengths may be BER, as `openssl cms -stream` writes them. The values of signed
 * attributes must be DER: OpenSSL re-encodes only some of them before it verifies.
 * Stricter than OpenSSL: only the content may be a string in pieces, and certificates are X.509 certificates.
 * @throws Malformed
 */
export function checkSignedDataGrammar(cms: Buffer): void {
  const contentInfo = new SoundFields(readElement(cms, 'BER'));
  contentInfo.take(tags.objectIdentifier);
  const signedData = new SoundFields(contentInfo.take(explicit(0)).inner());
  contentInfo.end();

  checkVersion(signedData.take(tags.integer));
  signedData.take(tags.set).members().forEach(checkAlgorithm);
  checkContent(signedData.take(tags.sequence));
  for (const certificate of membersOf(signedData.takeIf(explicit(0)))) expectTag(certificate, tags.sequence);
  for (const list of membersOf(signedData.takeIf(explicit(1)))) expectTag(list, tags.sequence);
  signedData.take(tags.set).members().forEach(checkSigner);
  signedData.end();
}

function checkContent(element: Element): void {
  const fields = new SoundFields(element);
  fields.take(tags.objectIdentifier);
  const content = fields.takeIf(explicit(0));
  fields.end();
  if (content !== undefined) checkOctets(content.inner(), maxStringNesting);
}

function checkOctets(octets: Element, nesting: number): void {
  if (octets.tag === tags.octetString) return;
  if (octets.tag !== tags.constructedOctetString || nesting === 0) throw misplaced();
  for (const piece of octets.members()) checkOctets(piece, nesting - 1);
}

function checkSigner(element: Element): void {
  const fields = new SoundFields(element);
  checkVersion(fields.take(tags.integer));
  checkSignerId(fields.take(tags.sequence, implicit(0)));
  checkAlgorithm(fields.take(tags.sequence));
  const signed = fields.takeIf(explicit(0));
  checkAlgorithm(fields.take(tags.sequence));
  fields.take(tags.octetString);
  const unsigned = fields.takeIf(explicit(1));
  fields.end();
  for (const attribute of membersOf(unsigned)) checkAttribute(attribute);
  for (const attribute of membersOf(signed)) {
    if (!areSortedDer(checkAttribute(attribute).members()))
      throw new Malformed(circumstance('attribute-values-not-der'));
  }
}

function checkSignerId(element: Element): void {
  if (!isReadable(element)) throw unreadable();
  if (!element.isConstructed) return;
  const fields = new SoundFields(element);
  fields.take(tags.sequence);
  fields.take(tags.integer);
  fields.end();
}

function checkAlgorithm(element: Element): void {
  if (!isReadable(element)) throw unreadable();
  const fields = new SoundFields(element);
  fields.take(tags.objectIdentifier);
  fields.takeAny();
  fields.end();
}

/** @returns the set of its values */
function checkAttribute(element: Element): Element {
  if (!isReadable(element)) throw unreadable();
  const fields = new SoundFields(element);
  fields.take(tags.objectIdentifier);
  const values = fields.take(tags.set);
  fields.end();
  return values;
}

/**
 * Signed attributes as OpenSSL hashes them: with the shortest lengths, in the order found, and with the
 * tag of a SET OF in place of `[0]`.
 * @param encoded as {@link checkSignedDataGrammar} accepted them, so their values need no change
 */
export function derOfSignedAttributes(encoded: Buffer): Buffer {
  const attributes = readElement(encoded, 'BER')
    .members()
    .map((attribute) => {
      const [type, values] = attribute.members();
      if (type === undefined || values === undefined) throw misplaced();
      const set = encodeDer(tags.set, ...values.members().map(({ raw }) => raw));
      return encodeDer(tags.sequence, encodeDer(tags.objectIdentifier, type.content), set);
    });
  return encodeDer(tags.set, ...attributes);
}

/** Fields whose primitive elements OpenSSL can read. The content and the certificates have their own rules. */
class SoundFields extends Fields {
  override take(...allowed: readonly number[]): Element {
    return checkPrimitive(super.take(...allowed));
  }

  override takeIf(...allowed: readonly number[]): Element | undefined {
    const field = super.takeIf(...allowed);
    return field && checkPrimitive(field);
  }

  override takeAny(): Element | undefined {
    const field = super.takeAny();
    return field && checkPrimitive(field);
  }
}

function checkPrimitive(field: Element): Element {
  if (!field.isConstructed && !isReadable(field)) throw unreadable();
  return field;
}

/** OpenSSL reads it into 32 bits and ignores it; no version in use needs more than one octet. */
function checkVersion({ content }: Element): void {
  if (content.length !== 1) throw misplaced();
}

function membersOf(element: Element | undefined): Element[] {
  return element?.members() ?? [];
}

function unreadable(): Malformed {
  return new Malformed(circumstance('element-unreadable'));
}
