import { DomainError } from '../../core/errors';
import { storageError } from '../storage-error';

/** An answer of the object store that is not a success, or no answer. */
export class S3Error extends Error {
  /**
   * @param status the answer's status; 0 if there was none
   * @param code a code of S3, such as `NoSuchKey`, or of the system or TLS, such as `ECONNREFUSED`
   */
  constructor(
    readonly status: number,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`the object store answered ${status === 0 ? 'nothing' : String(status)}: ${code}`, options);
    this.name = 'S3Error';
  }

  /** Whether there is no such object. */
  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Whether the same request may succeed a moment later. */
  get isPassing(): boolean {
    if (this.status === 0) return !this.isOfTls && !this.isNotS3;
    return this.status >= 500 || this.status === 429 || this.code === 'RequestTimeout';
  }

  /** Whether the store's certificate is not accepted. */
  get isOfTls(): boolean {
    const { code } = this;
    return code.startsWith('ERR_TLS') || code.startsWith('UNABLE_TO_') || tlsCodes.has(code);
  }

  /** Whether the other side speaks no S3, no HTTP or no TLS. */
  get isNotS3(): boolean {
    const { code } = this;
    return code === notS3Code || code === 'EPROTO' || code.startsWith('HPE_') || code.startsWith('ERR_SSL_');
  }
}

/** The code of an answer that no object store gives. */
export const notS3Code = 'not S3';

const tlsCodes = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED']);

const fullCodes = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'EntityTooLarge']);

/** Translates an error of the store into one that people can act on. Any other error is one of this machine's disk, or stays as it is. */
export function objectStoreError(error: unknown): unknown {
  if (!(error instanceof S3Error)) return storageError(error);
  const { status, code } = error;
  const options = { cause: error };
  if (error.isOfTls) return DomainError.of('bundle-store-certificate', { why: code }, options);
  if (error.isNotS3) return DomainError.of('bundle-store-not-s3', { why: code }, options);
  if (code === 'RequestTimeTooSkewed') return DomainError.of('bundle-store-clock', {}, options);
  if (code === 'NoSuchBucket') return DomainError.of('bundle-store-bucket', {}, options);
  if (status === 507 || fullCodes.has(code))
    return DomainError.of('bundle-store-full', { why: code }, options);
  if (error.isPassing) return DomainError.of('bundle-store-away', { why: code }, options);
  return DomainError.of('bundle-store-refuses', { why: code }, options);
}

/** Runs work that uses the store, and translates its errors with {@link objectStoreError}. */
export async function withStore<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw objectStoreError(error);
  }
}
