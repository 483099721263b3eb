import type { StoredBytes } from '../../ports/bundle-storage';

/** A bundle, under the name of its file. */
export interface NamedBytes extends StoredBytes {
  readonly name: string;
}

/** Maps the files of the bundle folder to their bytes. Several names may have the same bytes. */
export class NamedBytesIndex {
  readonly #byHash = new Map<string, { readonly sizeBytes: number; readonly names: Set<string> }>();
  readonly #hashes = new Map<string, string>();

  constructor(known: readonly NamedBytes[]) {
    this.replace(known);
  }

  /** Forgets everything else. */
  replace(known: readonly NamedBytes[]): void {
    this.#byHash.clear();
    this.#hashes.clear();
    for (const { name, ...bytes } of known) this.add(name, bytes);
  }

  add(name: string, { sha256, sizeBytes }: StoredBytes): void {
    this.remove(name);
    const found = this.#byHash.get(sha256) ?? { sizeBytes, names: new Set() };
    found.names.add(name);
    this.#byHash.set(sha256, found);
    this.#hashes.set(name, sha256);
  }

  remove(name: string): void {
    const sha256 = this.#hashes.get(name);
    if (sha256 === undefined) return;
    this.#hashes.delete(name);
    const found = this.#byHash.get(sha256);
    found?.names.delete(name);
    if (found?.names.size === 0) this.#byHash.delete(sha256);
  }

  hashOf(name: string): string | undefined {
    return this.#hashes.get(name);
  }

  /** In the order in which they were added. */
  namesOf(sha256: string): readonly string[] {
    return [...(this.#byHash.get(sha256)?.names ?? [])];
  }

  /** The expected size; `undefined` for unknown bytes. */
  sizeOf(sha256: string): number | undefined {
    return this.#byHash.get(sha256)?.sizeBytes;
  }

  hashes(): readonly string[] {
    return [...this.#byHash.keys()].sort();
  }
}
