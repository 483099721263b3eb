import { decodeUtf8 } from '../base/text/utf8';
import { BrokenBundle } from './broken';

/** Groups in order of appearance, each with its keys; values are raw, still escaped. */
export type Keyfile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What GLib calls space: neither U+000B nor anything beyond ASCII. */
const blanks = ' \t\r\f';
const leadingBlanks = /^[ \t\r\f]+/;

const groupPattern = /^\[([^[\]\p{Cc}]+)\][ \t]*$/u;

/**
 * Parses GLib's key file grammar as RAUC reads a manifest (`GKeyFile`, no flags). It is stricter where GLib is
 * careless or depends on the device: it refuses NUL bytes, repeated keys and translations.
 * @throws BrokenBundle `manifest-syntax`
 */
export function parseKeyfile(raw: Buffer): Keyfile {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | undefined;
  for (const line of decode(raw).split(/\r?\n/)) {
    const text = line.replace(leadingBlanks, '');
    if (text === '' || text.startsWith('#')) continue;
    if (text.startsWith('[')) {
      const name = groupPattern.exec(text)?.[1];
      if (name === undefined) throw syntax(`the group line ${shown(line)} is malformed`);
      group = groups.get(name) ?? new Map<string, string>();
      groups.set(name, group);
      continue;
    }
    if (group === undefined) throw syntax(`the line ${shown(line)} comes before any group`);
    addEntry(group, text);
  }
  checkEncoding(groups);
  return groups;
}

function addEntry(group: Map<string, string>, text: string): void {
  const equals = text.indexOf('=');
  if (equals < 0) throw syntax(`the line ${shown(text)} is neither a group, a key nor a comment`);
  const key = withoutBlanksBehind(text.slice(0, equals));
  // GLib drops a translation (`version[de]`) unless it is for the device's locale, and every device has C.
  if (/\[.*\]$/u.test(key)) throw syntax(`the key ${shown(key)} is for one language only`);
  if (key === '' || /[[\]\p{Cc}]/u.test(key)) throw syntax(`the key in ${shown(text)} is malformed`);
  if (group.has(key)) throw syntax(`the key ${shown(key)} appears twice`);
  group.set(key, text.slice(equals + 1).replace(leadingBlanks, ''));
}

/** The first group may name the file's encoding, whatever the group is; GLib knows only UTF-8. */
function checkEncoding(groups: Keyfile): void {
  const [first] = groups.values();
  const encoding = first?.get('Encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
    throw syntax(`its encoding ${shown(encoding)} is not UTF-8`);
}

/** Not with `/[…]+$/`: on many blanks in the middle it takes quadratic time. */
function withoutBlanksBehind(text: string): string {
  let end = text.length;
  while (end > 0 && blanks.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function decode(raw: Buffer): string {
  if (raw.includes(0)) throw syntax('it contains a NUL byte');
  const text = decodeUtf8(raw, 'keep');
  if (text === undefined) throw syntax('it is not valid UTF-8');
  if (text.startsWith('\uFEFF')) throw syntax('it starts with a byte order mark');
  return text;
}

const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

/**
 * A value as text (`g_key_file_get_string`).
 * @throws BrokenBundle `manifest-syntax` for an unknown escape
 */
export function textValue(raw: string): string {
  return unescape(raw, escapes);
}

/** A value as a list (`g_key_file_get_string_list`): separated by `;`, a last `;` is optional, `\;` is literal. */
export function listValue(raw: string): string[] {
  const items: string[] = [];
  let item = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    if (character === '\\') item += character + raw.charAt(++i);
    else if (character === ';') {
      items.push(item);
      item = '';
    } else item += character;
  }
  if (item !== '') items.push(item);
  return items.map((part) => unescape(part, { ...escapes, ';': ';' }));
}

function unescape(raw: string, known: Readonly<Record<string, string>>): string {
  return raw.replace(/\\(.?)/gsu, (sequence, character: string) => {
    const replacement = known[character];
    if (replacement === undefined) throw syntax(`the escape ${shown(sequence)} is unknown`);
    return replacement;
  });
}

/**
 * A whole number (`g_key_file_get_uint64`), narrower than GLib: no sign but `+`, no wrap-around, and no more than
 * a JavaScript number holds exactly.
 * @throws BrokenBundle `manifest-syntax`
 */
export function sizeValue(raw: string): number {
  const value = /^\+?\d{1,19}$/.test(raw) ? Number(raw) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw syntax(`${shown(raw)} is not a size`);
  return value;
}

export function syntax(what: string): BrokenBundle {
  return new BrokenBundle('manifest-syntax', `the manifest cannot be read: ${what}`);
}

export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
