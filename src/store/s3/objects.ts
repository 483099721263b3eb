import { isSha256 } from '../../core/bundle';
import type { OpenBytes, StoredBytes } from '../../ports/bundle-storage';
import { putInParts } from './multipart';
import { notS3Code, S3Error } from './s3-error';
import type { S3Client } from './s3-client';
import { elementsOf, textOf } from './xml';

/** The bytes of bundles in an object store. Rejects with errors that `objectStoreError` translates. */
export interface BundleObjects {
  /** @returns `undefined` if there is no such object */
  sizeOf(sha256: string): Promise<number | undefined>;
  list(): Promise<readonly StoredBytes[]>;
  /** Stores bytes whose hash is known, in place of any others. The store checks what arrives. */
  put(sha256: string, bytes: Pick<OpenBytes, 'sizeBytes' | 'read'>, options: PutOptions): Promise<void>;
  /** Reads exactly `length` bytes. @throws S3Error `NoSuchKey` or `InvalidRange` when they are not there */
  read(sha256: string, position: number, length: number): Promise<Buffer>;
  /** Checks that the bucket exists and may be read. @param patienceMs how long to keep trying */
  check(patienceMs: number): Promise<void>;
  /** Removes an object, if it is there. When this fails, the store may still remove it later. */
  remove(sha256: string): Promise<void>;
  /** Hashes of the objects that a server has marked. */
  listMarked(): Promise<readonly string[]>;
  isMarked(sha256: string): Promise<boolean>;
  /** Marks an object for all servers: its bytes are wrong. */
  mark(sha256: string): Promise<void>;
  unmark(sha256: string): Promise<void>;
  /** Ends multipart uploads that began before this time, which no one continues. @returns how many */
  abortUploads(before: Date): Promise<number>;
  close(): void;
}

export interface PutOptions {
  /** If true, an existing object stays; otherwise it is replaced. */
  readonly onlyIfMissing: boolean;
}

/** Larger ones are stored in parts, in bytes. */
export const singlePutBytes = 16 << 20;

const keyPrefix = 'sha256/';
/** Of empty objects, which are marks. */
const markPrefix = 'wrong/';
const listPatienceMs = 5_000;
/** The user who deletes a bundle waits for this; what remains is removed later. */
const removeMs = 2_000;
const checkSilenceMs = 5_000;
const checkLimitMs = 15_000;

/** {@link BundleObjects} in S3, each under its hash. */
export class S3BundleObjects implements BundleObjects {
  constructor(private readonly client: S3Client) {}

  sizeOf(sha256: string): Promise<number | undefined> {
    return this.#sizeOf(keyPrefix + sha256);
  }

  async check(patienceMs: number): Promise<void> {
    const query = { 'list-type': '2', 'max-keys': '1', prefix: this.client.prefix + keyPrefix };
    const limits = { patienceMs, silenceMs: checkSilenceMs, limitMs: checkLimitMs };
    const request = { method: 'GET', key: '', query, ...limits } as const;
    try {
      const { status, body } = await this.client.send(request);
      if (!body.includes('<ListBucketResult')) throw new S3Error(status, notS3Code);
    } catch (error) {
      // Every error of S3 has a code.
      const isOther = error instanceof S3Error && error.status < 500 && error.code.startsWith('HTTP ');
      throw isOther ? new S3Error(error.status, notS3Code, { cause: error }) : error;
    }
  }

  list(): Promise<readonly StoredBytes[]> {
    return this.#list(keyPrefix);
  }

  async listMarked(): Promise<readonly string[]> {
    return (await this.#list(markPrefix)).map(({ sha256 }) => sha256);
  }

  async isMarked(sha256: string): Promise<boolean> {
    return (await this.#sizeOf(markPrefix + sha256)) !== undefined;
  }

  async mark(sha256: string): Promise<void> {
    await this.client.send({ method: 'PUT', key: markPrefix + sha256 });
  }

  async unmark(sha256: string): Promise<void> {
    await this.client.send({ method: 'DELETE', key: markPrefix + sha256 });
  }

  async put(
    sha256: string,
    bytes: Pick<OpenBytes, 'sizeBytes' | 'read'>,
    { onlyIfMissing }: PutOptions,
  ): Promise<void> {
    const key = keyPrefix + sha256;
    if (bytes.sizeBytes > singlePutBytes) {
      await putInParts(this.client, key, bytes);
      return;
    }
    const body = await bytes.read(0, bytes.sizeBytes);
    const headers = onlyIfMissing ? { 'If-None-Match': '*' } : {};
    try {
      await this.client.send({ method: 'PUT', key, body, bodySha256: sha256, headers });
    } catch (error) {
      // Another server stored the same bytes at the same time, or the answer to the try before was lost.
      if (!(error instanceof S3Error && error.status === 412)) throw error;
    }
  }

  async read(sha256: string, position: number, length: number): Promise<Buffer> {
    const { status, body } = await this.client.send({
      method: 'GET',
      key: keyPrefix + sha256,
      headers: { Range: `bytes=${position}-${position + length - 1}` },
      maxBytes: length,
    });
    if (status !== 206 && position > 0) throw new S3Error(status, 'the store ignores ranges');
    if (body.length !== length) throw new S3Error(416, 'InvalidRange');
    return body;
  }

  async remove(sha256: string): Promise<void> {
    try {
      await this.client.send({
        method: 'DELETE',
        key: keyPrefix + sha256,
        patienceMs: 0, // an attempt without an answer may still remove the object, after another attempt did
        silenceMs: removeMs,
        limitMs: removeMs,
      });
    } catch (error) {
      if (!(error instanceof S3Error && error.isNotFound)) throw error;
    }
  }

  async abortUploads(before: Date): Promise<number> {
    const prefix = this.client.prefix + keyPrefix;
    const { body } = await this.client.send({ method: 'GET', key: '', query: { uploads: '', prefix } });
    let aborted = 0;
    for (const upload of elementsOf(body.toString(), 'Upload')) {
      const sha256 = this.#hashIn(textOf(upload, 'Key') ?? '');
      const uploadId = textOf(upload, 'UploadId');
      const begun = Date.parse(textOf(upload, 'Initiated') ?? '');
      if (sha256 === undefined || uploadId === undefined || !(begun < before.getTime())) continue;
      await this.client.send({ method: 'DELETE', key: keyPrefix + sha256, query: { uploadId } });
      aborted += 1;
    }
    return aborted;
  }

  close(): void {
    this.client.close();
  }

  async #sizeOf(key: string): Promise<number | undefined> {
    try {
      const { headers } = await this.client.send({ method: 'HEAD', key });
      return Number(headers['content-length']);
    } catch (error) {
      if (error instanceof S3Error && error.isNotFound) return undefined;
      throw error;
    }
  }

  async #list(below: string): Promise<readonly StoredBytes[]> {
    const stored: StoredBytes[] = [];
    for (let token: string | undefined, isMore = true; isMore;) {
      const { body } = await this.client.send({
        method: 'GET',
        key: '',
        query: {
          'list-type': '2',
          prefix: this.client.prefix + below,
          ...(token === undefined ? {} : { 'continuation-token': token }),
        },
        patienceMs: listPatienceMs,
      });
      const xml = body.toString();
      for (const entry of elementsOf(xml, 'Contents')) {
        const sha256 = this.#hashIn(textOf(entry, 'Key') ?? '', below);
        if (sha256 !== undefined) stored.push({ sha256, sizeBytes: Number(textOf(entry, 'Size')) });
      }
      const next = textOf(xml, 'NextContinuationToken');
      if (next !== undefined && next === token) throw new S3Error(200, notS3Code); // it would never end
      token = next;
      isMore = textOf(xml, 'IsTruncated') === 'true' && token !== undefined;
    }
    return stored.sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
  }

  #hashIn(key: string, below = keyPrefix): string | undefined {
    const start = this.client.prefix + below;
    const sha256 = key.startsWith(start) ? key.slice(start.length) : '';
    return isSha256(sha256) ? sha256 : undefined;
  }
}
