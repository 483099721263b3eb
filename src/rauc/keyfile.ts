import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
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
      if (name === undefined) throw syntax(circumstance('group-line-malformed', { part: shown(line) }));
      group = groups.get(name) ?? new Map<string, string>();
      groups.set(name, group);
      continue;
    }
    if (group === undefined) throw syntax(circumstance('line-before-groups', { part: shown(line) }));
    addEntry(group, text);
  }
  checkEncoding(groups);
  return groups;
}

function addEntry(group: Map<string, string>, text: string): void {
  const equals = text.indexOf('=');
  if (equals < 0) throw syntax(circumstance('line-of-no-kind', { part: shown(text) }));
  const key = withoutBlanksBehind(text.slice(0, equals));
  // GLib drops a translation (`version[de]`) unless it is for the device's locale, and devices use the C locale.
  if (/\[.*\]$/u.test(key)) throw syntax(circumstance('key-of-one-language', { part: shown(key) }));
  if (key === '' || /[[\]\p{Cc}]/u.test(key))
    throw syntax(circumstance('key-malformed', { part: shown(text) }));
  if (group.has(key)) throw syntax(circumstance('key-twice', { part: shown(key) }));
  group.set(key, text.slice(equals + 1).replace(leadingBlanks, ''));
}

/** The first group may name the file's encoding, whatever the group is; GLib knows only UTF-8. */
function checkEncoding(groups: Keyfile): void {
  const [first] = groups.values();
  const encoding = first?.get('Encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
    throw syntax(circumstance('encoding-not-utf8', { part: shown(encoding) }));
}

/** Not with `/[…]+$/`, which takes quadratic time when there are many blanks in the middle. */
function withoutBlanksBehind(text: string): string {
  let end = text.length;
  while (end > 0 && blanks.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function decode(raw: Buffer): string {
  if (raw.includes(0)) throw syntax(circumstance('nul-byte'));
  const text = decodeUtf8(raw, 'keep');
  if (text === undefined) throw syntax(circumstance('not-utf8'));
  if (text.startsWith('\uFEFF')) throw syntax(circumstance('byte-order-mark'));
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
    if (replacement === undefined) throw syntax(circumstance('escape-unknown', { part: shown(sequence) }));
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
  if (!Number.isSafeInteger(value)) throw syntax(circumstance('not-a-size', { part: shown(raw) }));
  return value;
}

function syntax(why: Circumstance): BrokenBundle {
  return new BrokenBundle('manifest-syntax', circumstance('manifest-unreadable', { why }));
}

export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
