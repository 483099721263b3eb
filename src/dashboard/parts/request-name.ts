/** A DER element: its tag and its content. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const sequence = 0x30;
const set = 0x31;
const objectIdentifier = 0x06;
/** 2.5.4.3, X.520. */
const commonName = '85,4,3';
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** UTF8String, PrintableString and IA5String: the string types of names. */
const texts: readonly number[] = [0x0c, 0x13, 0x16];

/**
 * The common name in a certificate request (RFC 2986), to prefill a field that the user checks; the server reads the
 * request itself.
 * @param pem as it was pasted, which may be anything
 * @returns `null` for none or several, or if it is not a request
 */
export function nameOfRequest(pem: string): string | null {
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\sA-Za-z0-9+/=]+)-----END /.exec(pem)?.[1];
  if (body === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));
    const [request] = childrenOf({ tag: sequence, content: bytes });
    const [info] = childrenOf(request);
    const [, subject] = childrenOf(info);
    const names = childrenOf(subject)
      .flatMap((relative) => childrenOf(relative, set))
      .flatMap(nameIn);
    return names.length === 1 ? (names[0] ?? null) : null;
  } catch {
    return null;
  }
}

function nameIn(attribute: Element): readonly string[] {
  const [type, value] = childrenOf(attribute);
  if (type?.tag !== objectIdentifier || type.content.join() !== commonName) return [];
  if (value === undefined || !texts.includes(value.tag)) return [];
  return [utf8.decode(value.content)];
}

/** @throws Error for any other DER */
function childrenOf(parent: Element | undefined, tag = sequence): readonly Element[] {
  if (parent?.tag !== tag) throw new Error('not what a request has there');
  const { content } = parent;
  const children: Element[] = [];
  for (let at = 0; at < content.length;) {
    const [start, end] = rangeOf(content, at);
    children.push({ tag: content[at] ?? 0, content: content.subarray(start, end) });
    at = end;
  }
  return children;
}

/** Where the content of an element starts and ends. @throws Error */
function rangeOf(bytes: Uint8Array, at: number): readonly [start: number, end: number] {
  const first = bytes[at + 1] ?? 0x80;
  const more = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || more > 3) throw new Error('no length that a request has');
  const start = at + 2 + more;
  const length =
    more === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  if (start + length > bytes.length) throw new Error('cut short');
  return [start, start + length];
}
