import type { BundleObjects } from './objects';

/**
 * Objects whose bytes are wrong. A server that finds one leaves a mark in the store, so that an upload to any server replaces it, and all of
 * them know when that is done.
 */
export class WrongObjects {
  readonly #known = new Set<string>();
  /** Found here, and not marked yet. */
  readonly #unmarked = new Set<string>();
  #replacements = 0;

  /** @param onFound called once for each, whichever server found it */
  constructor(
    private readonly objects: Pick<BundleObjects, 'isMarked' | 'listMarked' | 'mark' | 'unmark'>,
    private readonly onFound: (sha256: string) => void,
  ) {}

  /** As far as this server knows. */
  has(sha256: string): boolean {
    return this.#known.has(sha256);
  }

  /** As far as any server knows. @throws the store's error */
  async isWrong(sha256: string): Promise<boolean> {
    return this.has(sha256) || (await this.objects.isMarked(sha256));
  }

  hashes(): readonly string[] {
    return [...this.#known];
  }

  /** Notes what this server found; {@link share} tells the others. */
  found(sha256: string): void {
    if (this.#known.has(sha256)) return;
    this.#unmarked.add(sha256);
    this.#learn(sha256);
  }

  /** Right bytes were stored in their place. @throws the store's error */
  async replaced(sha256: string): Promise<void> {
    this.#replacements += 1;
    this.#unmarked.delete(sha256);
    await this.objects.unmark(sha256);
    this.#known.delete(sha256);
  }

  /** Tells other servers what was found here, and learns what they found and replaced. @throws the store's error */
  async share(): Promise<void> {
    for (const sha256 of this.#unmarked) {
      await this.objects.mark(sha256);
      if (!this.#unmarked.delete(sha256)) await this.objects.unmark(sha256); // it was replaced meanwhile
    }
    const before = this.#replacements;
    const marked = new Set(await this.objects.listMarked());
    if (before !== this.#replacements) return; // the list may be older
    for (const sha256 of marked) if (!this.#known.has(sha256)) this.#learn(sha256);
    for (const sha256 of this.#known)
      if (!marked.has(sha256) && !this.#unmarked.has(sha256)) this.#known.delete(sha256);
  }

  #learn(sha256: string): void {
    this.#known.add(sha256);
    this.onFound(sha256);
  }
}
