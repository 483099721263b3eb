import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { BrokenBundle } from './broken';
import { listValue, shown, sizeValue, textValue } from './keyfile';

/** Reads the keys of one manifest group and knows which ones were never read. */
export class GroupReader {
  private readonly unread: Set<string>;

  constructor(
    readonly name: string,
    private readonly entries: ReadonlyMap<string, string>,
  ) {
    this.unread = new Set(entries.keys());
  }

  /** The value as text; `null` when the key is missing or empty, which RAUC treats the same. */
  text(key: string): string | null {
    const raw = this.raw(key);
    if (raw === undefined) return null;
    const value = textValue(raw);
    return value === '' ? null : value;
  }

  /** The value of a key that may be missing but not empty. */
  filledText(key: string): string | null {
    if (this.entries.get(key) === '')
      throw refused(circumstance('group-key-empty', { group: this.name, key }));
    return this.text(key);
  }

  /** The name of a file inside the bundle. RAUC refuses a path during the installation, so we refuse it at once. */
  fileName(key: string): string | null {
    const name = this.text(key);
    return name === null ? null : this.checkFileName(name);
  }

  /** The name of a file that may be missing but not empty. */
  filledFileName(key: string): string | null {
    this.filledText(key);
    return this.fileName(key);
  }

  checkFileName(name: string): string {
    if (name.includes('/') || name === '..' || name === '.')
      throw refused(circumstance('group-file-is-path', { group: this.name, part: shown(name) }));
    return name;
  }

  /** The value as a list; with `known`, it refuses other items. */
  list(key: string, known?: readonly string[]): string[] {
    const raw = this.raw(key);
    const items = raw === undefined ? [] : listValue(raw);
    const stranger = known && items.find((item) => !known.includes(item));
    if (stranger !== undefined)
      throw refused(circumstance('group-value-unknown', { group: this.name, part: shown(stranger), key }));
    return items;
  }

  /** 32 bytes in hex, as SHA-256 digests, salts and keys are. */
  hex(key: string): string {
    const value = this.optionalHex(key);
    if (value === null) throw refused(circumstance('group-key-missing', { group: this.name, key }));
    return value;
  }

  optionalHex(key: string): string | null {
    const value = this.text(key);
    if (value !== null && !/^[0-9A-Fa-f]{64}$/.test(value))
      throw refused(circumstance('group-key-not-hex', { group: this.name, key }));
    return value;
  }

  size(key: string): number {
    const value = this.optionalSize(key);
    if (value === null) throw refused(circumstance('group-key-missing', { group: this.name, key }));
    return value;
  }

  /** Unlike a text, a number must not be empty. */
  optionalSize(key: string): number | null {
    const raw = this.raw(key);
    return raw === undefined ? null : sizeValue(raw);
  }

  /** Marks keys that RAUC accepts and does not use. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.unread.delete(key);
  }

  /** @throws BrokenBundle when the group has keys that were never read */
  refuseOthers(): void {
    const [stranger] = this.unread;
    if (stranger !== undefined)
      throw refused(circumstance('group-key-unknown', { group: this.name, part: shown(stranger) }));
  }

  private raw(key: string): string | undefined {
    this.unread.delete(key);
    return this.entries.get(key);
  }
}

/** For a manifest whose keyfile is sound, but with content that RAUC refuses. */
export function refused(why: Circumstance): BrokenBundle {
  return new BrokenBundle('manifest-content', why);
}
