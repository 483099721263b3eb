const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads what S3 answers: elements without attributes that matter, in a known shape.
 * @returns the texts between the tags of that name, in order; each may contain other elements
 */
export function elementsOf(xml: string, name: string): readonly string[] {
  const found: string[] = [];
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end < 0) break;
    found.push(xml.slice(at + open.length, end));
    at = end;
  }
  return found;
}

/** @returns the text of the first element of that name, decoded */
export function textOf(xml: string, name: string): string | undefined {
  const [text] = elementsOf(xml, name);
  return text?.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (all, word, ten, hex) => {
      if (typeof word === 'string') return entities[word] ?? all;
      const point = typeof ten === 'string' ? Number(ten) : parseInt(String(hex), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    },
  );
}

/** For the text of an element. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
