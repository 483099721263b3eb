import { createHash } from 'node:crypto';

/** Hashes a file while its bytes pass, once for everyone who wants the same hash. */
export class FileHashes {
  readonly #sha256 = createHash('sha256');
  readonly #sha1 = createHash('sha1');
  readonly #md5 = createHash('md5');

  update(bytes: Uint8Array): void {
    for (const hash of [this.#sha256, this.#sha1, this.#md5]) hash.update(bytes);
  }

  /** In lower-case hex; once. */
  digest() {
    return {
      sha256: this.#sha256.digest('hex'),
      weakHashes: { sha1: this.#sha1.digest('hex'), md5: this.#md5.digest('hex') },
    };
  }
}
