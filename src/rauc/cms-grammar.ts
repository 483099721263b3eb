import { areSortedDer, encodeDer, isReadable } from '../x509/der';
import { type BerElement, isConstructed, readElements, tags } from '../x509/element';
import { Malformed } from '../x509/malformed';

/** OpenSSL reads a string in pieces no deeper than this (`ASN1_MAX_STRING_NEST`). */
const maxStringNesting = 5;

/**
 * Holds a CMS SignedData against its grammar (RFC 5652, sections 3, 5 and 10) as strictly as OpenSSL does: each
 * element in its place, and none more. Lengths may be BER, as `openssl cms -stream` writes them. The values of signed
 * attributes must be DER: OpenSSL encodes some of them anew before it verifies, and others not.
 * Stricter than OpenSSL: strings in pieces are for the content alone, and certificates are X.509 certificates.
 * @throws Malformed
 */
export function checkSignedDataGrammar(cms: Buffer): void {
  const contentInfo = fieldsOf(only(readElements(cms)), tags.sequence);
  contentInfo.take(isTag(tags.objectIdentifier));
  const signedData = fieldsOf(explicit(contentInfo.take(isTag(tags.context0))), tags.sequence);
  contentInfo.end();

  signedData.take(isVersion);
  membersOf(signedData.take(isTag(tags.set))).forEach(checkAlgorithm);
  checkContent(signedData.take(isTag(tags.sequence)));
  for (const certificate of membersOf(signedData.takeIf(tags.context0)))
    expectTag(certificate, tags.sequence);
  for (const list of membersOf(signedData.takeIf(tags.context1))) expectTag(list, tags.sequence);
  membersOf(signedData.take(isTag(tags.set))).forEach(checkSigner);
  signedData.end();
}

function checkContent(element: BerElement): void {
  const fields = fieldsOf(element, tags.sequence);
  fields.take(isTag(tags.objectIdentifier));
  const content = fields.takeIf(tags.context0);
  fields.end();
  if (content !== undefined) checkOctets(explicit(content), maxStringNesting);
}

function checkOctets(octets: BerElement, nesting: number): void {
  if (octets.identifier === tags.octetString) return;
  if (octets.identifier !== tags.constructedOctetString || nesting === 0) throw misplaced();
  for (const piece of membersOf(octets)) checkOctets(piece, nesting - 1);
}

function checkSigner(element: BerElement): void {
  const fields = fieldsOf(element, tags.sequence);
  fields.take(isVersion);
  checkSignerId(fields.take(isTag(tags.sequence, tags.primitiveContext0)));
  checkAlgorithm(fields.take(isTag(tags.sequence)));
  const signed = fields.takeIf(tags.context0);
  checkAlgorithm(fields.take(isTag(tags.sequence)));
  fields.take(isTag(tags.octetString));
  const unsigned = fields.takeIf(tags.context1);
  fields.end();
  for (const attribute of membersOf(unsigned)) checkAttribute(attribute);
  for (const attribute of membersOf(signed)) {
    if (!areSortedDer(membersOf(checkAttribute(attribute))))
      throw new Malformed('the values of a signed attribute are not in DER');
  }
}

function checkSignerId(element: BerElement): void {
  if (!isReadable(element)) throw unreadable();
  if (!isConstructed(element)) return;
  const fields = fieldsOf(element, tags.sequence);
  fields.take(isTag(tags.sequence));
  fields.take(isTag(tags.integer));
  fields.end();
}

function checkAlgorithm(element: BerElement): void {
  if (!isReadable(element)) throw unreadable();
  const fields = fieldsOf(element, tags.sequence);
  fields.take(isTag(tags.objectIdentifier));
  fields.takeIf();
  fields.end();
}

/** @returns the set of its values */
function checkAttribute(element: BerElement): BerElement {
  if (!isReadable(element)) throw unreadable();
  const fields = fieldsOf(element, tags.sequence);
  fields.take(isTag(tags.objectIdentifier));
  const values = fields.take(isTag(tags.set));
  fields.end();
  return values;
}

/**
 * Signed attributes as OpenSSL hashes them: with the shortest lengths, in the order in which they stand, and with the
 * tag of a SET OF in place of `[0]`.
 * @param encoded as {@link checkSignedDataGrammar} accepted them, which is why their values need nothing
 */
export function derOfSignedAttributes(encoded: Buffer): Buffer {
  const attributes = membersOf(only(readElements(encoded))).map((attribute) => {
    const [type, values] = membersOf(attribute);
    if (type === undefined || values === undefined) throw misplaced();
    const set = encodeDer(tags.set, ...membersOf(values).map(({ raw }) => raw));
    return encodeDer(tags.sequence, encodeDer(tags.objectIdentifier, type.content), set);
  });
  return encodeDer(tags.set, ...attributes);
}

type Expectation = (element: BerElement) => boolean;

function isTag(...identifiers: readonly number[]): Expectation {
  return ({ identifier }) => identifiers.includes(identifier);
}

/** OpenSSL reads it into 32 bits and does not look at it; no version in use needs more than one octet. */
function isVersion({ identifier, content }: BerElement): boolean {
  return identifier === tags.integer && content.length === 1;
}

/** The fields of a SEQUENCE, taken from the front. */
function fieldsOf(element: BerElement, identifier: number) {
  expectTag(element, identifier);
  const fields = readElements(element.content);
  const take = (isExpected: Expectation): BerElement => {
    const field = fields.shift();
    if (field === undefined || !isExpected(field)) throw misplaced();
    // The content and the certificates have rules of their own.
    if (!isConstructed(field) && !isReadable(field)) throw unreadable();
    return field;
  };
  return {
    take,
    /** Takes an optional field; without an identifier, whatever comes next. */
    takeIf: (optional?: number): BerElement | undefined =>
      fields[0] !== undefined && (optional === undefined || fields[0].identifier === optional)
        ? take(() => true)
        : undefined,
    end: (): void => {
      if (fields.length > 0) throw misplaced();
    },
  };
}

function membersOf(element: BerElement | undefined): BerElement[] {
  return element === undefined ? [] : readElements(element.content);
}

function explicit(element: BerElement): BerElement {
  return only(readElements(element.content));
}

function only(elements: readonly BerElement[]): BerElement {
  const [element, ...others] = elements;
  if (element === undefined || others.length > 0) throw misplaced();
  return element;
}

function expectTag(element: BerElement, identifier: number): void {
  if (element.identifier !== identifier) throw misplaced();
}

function misplaced() {
  return new Malformed('an element is missing, or stands where none may');
}

function unreadable() {
  return new Malformed('an element has a value that cannot be read');
}
