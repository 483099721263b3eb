import { createHash } from 'node:crypto';
import type { Answer, DeviceClient } from './device-client';

export interface RaucPollerOptions {
  /** Headers that RAUC sends because of `[streaming] send-headers=` and the system-info handler; `{}` if nothing is configured. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** What RAUC knows after the first request of an operation and its redirects. */
export interface RaucAnswer {
  /** Of every hop. */
  readonly statuses: readonly number[];
  /** Reason of the 204, as a word for tests. */
  readonly reason: string | undefined;
  readonly etag: string | undefined;
  /** The target of the redirect. */
  readonly pinned: string | undefined;
  readonly sizeBytes: number;
  /** Hash of the CMS, which contains the manifest. */
  readonly manifest: string | undefined;
}

const pollUrl = '/api/v1/update.raucb';
const maxRedirects = 8;
const trailerSizeBytes = 8;

/** RAUC 1.16 as the server sees it: its own poller, and the installation that follows a poll. */
export class RaucPoller {
  /** Kept only in memory, as in RAUC. */
  private etag: string | undefined;
  private headers: Readonly<Record<string, string>>;
  private readonly url: string;

  constructor(
    private readonly client: Pick<DeviceClient, 'request'>,
    { headers = {}, url = pollUrl }: RaucPollerOptions = {},
  ) {
    this.headers = headers;
    this.url = url;
  }

  /** Boots, or restarts the service: RAUC forgets what it was told. */
  restart(headers: Readonly<Record<string, string>> = {}): void {
    this.etag = undefined;
    this.headers = { ...this.headers, ...headers };
  }

  async poll(): Promise<RaucAnswer> {
    const condition = this.etag === undefined ? {} : { 'if-none-match': this.etag };
    const answer = await this.begin({ ...this.headers, ...condition });
    const status = answer.statuses.at(-1);
    if (status === 204) this.etag = undefined;
    if (status === 206) this.etag = answer.etag;
    return answer;
  }

  /** The first requests of an installation, which decide on the bundle. */
  open(transactionId?: string): Promise<RaucAnswer> {
    const name = transactionId === undefined ? {} : { 'RAUC-Transaction-ID': transactionId };
    return this.begin({ ...this.headers, ...name });
  }

  /** Installs: reads the payload in blocks from the pinned address. @returns hash of the payload */
  async install(transactionId?: string): Promise<RaucAnswer & { readonly payload: string }> {
    const answer = await this.open(transactionId);
    return { ...answer, payload: await this.readPayload(answer) };
  }

  /** Reads blocks as the kernel requests them. */
  async readPayload(
    { pinned = '', sizeBytes }: RaucAnswer,
    afterBlock: (index: number) => unknown = () => undefined,
  ): Promise<string> {
    const payloadSizeBytes = sizeBytes - trailerSizeBytes - (await this.signatureSize(pinned, sizeBytes));
    const hash = createHash('sha256');
    const block = 128 << 10;
    for (let start = 0; start < payloadSizeBytes; start += block) {
      hash.update(await this.range(pinned, start, Math.min(start + block, payloadSizeBytes) - 1));
      await afterBlock(start / block);
    }
    return hash.digest('hex');
  }

  private async begin(headers: Record<string, string>): Promise<RaucAnswer> {
    const statuses: number[] = [];
    let target = this.url;
    const redirected: { etag?: string } = {};
    let answer: Answer;
    do {
      const first = { Range: 'bytes=0-3', 'User-Agent': 'rauc/v1.16', Accept: '*/*' };
      answer = await this.client.request(target, { ...first, ...headers });
      statuses.push(answer.status);
      // RAUC takes the ETag of a redirect for that of the bundle.
      const etag = answer.headers['etag'];
      if (typeof etag === 'string') redirected.etag = etag;
      if (answer.status < 300 || answer.status >= 400 || answer.status === 304) break;
      target = String(answer.headers['location']);
    } while (statuses.length <= maxRedirects);
    const reason = answer.headers['x-rauc-server-reason'];
    const told = {
      statuses,
      reason: typeof reason === 'string' ? reason : undefined,
      etag: redirected.etag,
      pinned: undefined,
      sizeBytes: 0,
      manifest: undefined,
    };
    if (answer.status !== 206) return told;
    const sizeBytes = Number(/^bytes 0-3\/(\d+)$/.exec(String(answer.headers['content-range']))?.[1]);
    if (answer.body.length !== 4) throw new Error(`RAUC wants 4 bytes, not ${answer.body.length}`);
    const signature = await this.signatureSize(target, sizeBytes);
    const end = sizeBytes - trailerSizeBytes;
    const cms = await this.range(target, end - signature, end - 1);
    return {
      ...told,
      pinned: target,
      sizeBytes,
      manifest: createHash('sha256').update(cms).digest('hex'),
    };
  }

  private async signatureSize(target: string, sizeBytes: number): Promise<number> {
    return Number((await this.range(target, sizeBytes - trailerSizeBytes, sizeBytes - 1)).readBigUInt64BE());
  }

  /** Requests after the first say nothing about the device. */
  private async range(target: string, start: number, end: number): Promise<Buffer> {
    const { status, body } = await this.client.request(target, {
      Range: `bytes=${start}-${end}`,
      Accept: '*/*',
    });
    // With fewer bytes RAUC aborts; with more it tries again.
    if (status !== 206 || body.length !== end - start + 1)
      throw new Error(`RAUC wants 206 and ${end - start + 1} bytes, not ${status} and ${body.length}`);
    return body;
  }
}

/** Headers that RAUC sends with `send-headers=boot-id;system-version;uptime` and `RAUC_HTTP_COMPATIBLE=` of a system-info handler. */
export function raucHeaders(
  compatible: string,
  systemVersion: string,
  bootId: string,
): Record<string, string> {
  return { 'RAUC-COMPATIBLE': compatible, 'RAUC-System-Version': systemVersion, 'RAUC-Boot-ID': bootId };
}
