import { createHash } from 'node:crypto';
import type { Answer, DeviceClient } from './device-client';

export interface RaucPollerOptions {
  /** What `[streaming] send-headers=` and the system-info handler make RAUC send; `{}` when nothing is configured. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** What RAUC knows after the first request of an operation and those that follow it. */
export interface RaucAnswer {
  /** Of every hop. */
  readonly statuses: readonly number[];
  /** Of the 204, in words for the tests. */
  readonly reason: string | undefined;
  readonly etag: string | undefined;
  /** Where the redirect led to. */
  readonly pinned: string | undefined;
  readonly sizeBytes: number;
  /** Hash of the CMS, which holds the manifest. */
  readonly manifest: string | undefined;
}

const pollUrl = '/api/v1/update.raucb';
const maxRedirects = 8;
const trailerSizeBytes = 8;

/** RAUC 1.16 as the server sees it: its own poller, and the installation that follows a poll. */
export class RaucPoller {
  /** Kept in memory alone, as RAUC does. */
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

  /** Boots, or starts the service again: RAUC forgets what it was told. */
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

  /** The first requests of an installation: those that decide which bundle it is. */
  open(transactionId?: string): Promise<RaucAnswer> {
    const name = transactionId === undefined ? {} : { 'RAUC-Transaction-ID': transactionId };
    return this.begin({ ...this.headers, ...name });
  }

  /** An installation: the payload is read in blocks, over the pinned address. @returns hash of the payload */
  async install(transactionId?: string): Promise<RaucAnswer & { readonly payload: string }> {
    const answer = await this.open(transactionId);
    return { ...answer, payload: await this.readPayload(answer) };
  }

  /** Reads blocks as the kernel asks for them. */
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
      // RAUC takes an ETag of a redirect for the bundle's.
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

  /** What follows the first request says nothing about the device. */
  private async range(target: string, start: number, end: number): Promise<Buffer> {
    const { status, body } = await this.client.request(target, {
      Range: `bytes=${start}-${end}`,
      Accept: '*/*',
    });
    // Fewer bytes make RAUC abort, more make it try again.
    if (status !== 206 || body.length !== end - start + 1)
      throw new Error(`RAUC wants 206 and ${end - start + 1} bytes, not ${status} and ${body.length}`);
    return body;
  }
}

/** What RAUC sends with `send-headers=boot-id;system-version;uptime` and `RAUC_HTTP_COMPATIBLE=` of a system-info handler. */
export function raucHeaders(
  compatible: string,
  systemVersion: string,
  bootId: string,
): Record<string, string> {
  return { 'RAUC-COMPATIBLE': compatible, 'RAUC-System-Version': systemVersion, 'RAUC-Boot-ID': bootId };
}
