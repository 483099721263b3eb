import { createHash } from 'node:crypto';

/** SHA-1 and MD5 of a file while its bytes pass, for clients that know no better hash. */
export class WeakFileHashes {
  readonly #sha1 = createHash('sha1');
  readonly #md5 = createHash('md5');

  update(bytes: Uint8Array): void {
    this.#sha1.update(bytes);
    this.#md5.update(bytes);
  }

  /** In lower-case hex; once. */
  digest() {
    return { sha1: this.#sha1.digest('hex'), md5: this.#md5.digest('hex') };
  }
}

/** Hashes a file while its bytes pass, once for everyone who wants the same hash. */
export class FileHashes {
  readonly #sha256 = createHash('sha256');
  readonly #weak = new WeakFileHashes();

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#weak.update(bytes);
  }

  /** In lower-case hex; once. */
  digest() {
    return { sha256: this.#sha256.digest('hex'), weakHashes: this.#weak.digest() };
  }
}
