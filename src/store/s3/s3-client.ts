import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sign } from 'aws4';
import type { FindCredentials, S3Location } from './location';
import { S3Error } from './s3-error';
import { Connections, type HttpAnswer } from './send';
import { textOf } from './xml';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Below the prefix; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** SHA-256 of the body in hex; the store refuses another body. */
  readonly bodySha256?: string;
  /** A longer answer is an error; 4 MiB if left out. */
  readonly maxBytes?: number;
  /** The longest time without sending or receiving anything, in milliseconds. */
  readonly silenceMs?: number;
  /** How long one attempt may take, in milliseconds; if left out, as long as its bytes take on a slow line. */
  readonly limitMs?: number;
  /** How long failures are followed by another attempt, in milliseconds. */
  readonly patienceMs?: number;
}

export interface S3ClientOptions {
  readonly location: S3Location;
  readonly credentials: FindCredentials;
  readonly now: () => Date;
  /** How long a request is retried, in milliseconds; 20 seconds if left out. */
  readonly patienceMs?: number;
  /** PEM of the CAs of the store's certificate; those that Node trusts if left out. */
  readonly ca?: string | null;
  /** Called after each attempt, with its error or `null`. */
  readonly onTry?: (error: unknown) => void;
}

const answerBytes = 4 << 20;
const usualSilenceMs = 10_000;
/** A store that is slower than 64 KiB a second counts as hanging. */
const slowestBytesPerMs = 64;
const usualPatienceMs = 20_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
const emptySha256 = createHash('sha256').digest('hex');

/** Sends signed requests to one bucket, by AWS Signature Version 4. Transient failures are retried, each time after a longer pause. */
export class S3Client {
  readonly #connections: Connections;
  readonly #closing = new AbortController();
  readonly #base: URL;

  constructor(private readonly options: S3ClientOptions) {
    const { endpoint, bucket, isPathStyle } = options.location;
    this.#connections = new Connections(options.ca);
    this.#base = new URL(endpoint);
    if (!isPathStyle) this.#base.hostname = `${bucket}.${this.#base.hostname}`;
  }

  /** What all keys begin with. */
  get prefix(): string {
    return this.options.location.prefix;
  }

  /** @throws S3Error for every answer that is not a success, and when there is no answer */
  async send(request: S3Request): Promise<HttpAnswer> {
    const patienceMs = request.patienceMs ?? this.options.patienceMs ?? usualPatienceMs;
    const end = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const answer = await this.#try(request);
        this.#tell(null);
        return answer;
      } catch (error) {
        this.#tell(error);
        const isPassing = error instanceof S3Error && error.isPassing && !this.#closing.signal.aborted;
        if (!isPassing || performance.now() + pauseMs > end) throw error;
      }
      // Random, so that not all waiting requests retry at once.
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
    this.#connections.close();
  }

  #tell(error: unknown): void {
    if (!this.#closing.signal.aborted) this.options.onTry?.(error);
  }

  async #try(request: S3Request): Promise<HttpAnswer> {
    if (this.#closing.signal.aborted) throw new S3Error(0, 'ABORT_ERR');
    const { method, body, maxBytes = answerBytes, silenceMs = usualSilenceMs } = request;
    const { limitMs = silenceMs + ((body?.length ?? 0) + maxBytes) / slowestBytesPerMs } = request;
    const { path, headers } = this.#sign(request, await this.options.credentials());
    const answer = await this.#connections.send({
      method,
      url: this.#base,
      path,
      headers,
      body,
      maxBytes,
      silenceMs,
      limitMs,
      signal: this.#closing.signal,
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new S3Error(answer.status, codeOf(answer, this.options.now()));
  }

  #sign(
    { method, key, query = {}, headers = {}, body, bodySha256 }: S3Request,
    credentials: Awaited<ReturnType<FindCredentials>>,
  ) {
    const { bucket, region, isPathStyle, prefix } = this.options.location;
    const place = [...(isPathStyle ? [bucket] : []), ...(key === '' ? [] : [prefix + key])].join('/');
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const sha256 = body === undefined ? emptySha256 : bodySha256;
    if (sha256 === undefined) throw new Error('a body comes with its hash');
    const signed = sign(
      {
        service: 's3',
        region,
        method,
        host: this.#base.host,
        path: `/${place}${search.length === 0 ? '' : `?${search.sort().join('&')}`}`,
        headers: {
          ...headers,
          'X-Amz-Content-Sha256': sha256,
          'X-Amz-Date': amazonDate(this.options.now()),
          ...(method === 'PUT' || method === 'POST' ? { 'Content-Length': body?.length ?? 0 } : {}),
        },
      },
      credentials,
    );
    return { path: signed.path ?? '', headers: signed.headers ?? {} };
  }
}

function amazonDate(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** S3 refuses requests whose time differs from its own by more than this, in milliseconds. */
const allowedSkewMs = 15 * 60_000;

/** Answers to HEAD have no body: for them, the server's date shows whether our time is wrong. */
function codeOf({ status, headers, body }: HttpAnswer, now: Date): string {
  const skewMs = Math.abs(Date.parse(headers.date ?? '') - now.getTime());
  if (status === 403 && skewMs > allowedSkewMs) return 'RequestTimeTooSkewed';
  const code = textOf(body.toString(), 'Code');
  return code !== undefined && /^\w{1,64}$/.test(code) ? code : `HTTP ${status}`;
}
