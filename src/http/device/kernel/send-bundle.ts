import type { Bundle } from '../../../core/bundle';
import { partOf } from '../../../core/bundle-part';
import type { DeviceIdentity } from '../../../core/device';
import type { Exchange, ReplyHeaders } from '../transport/exchange';
import { rangeCounts, type Validators } from '../../conditional';
import { answeredByConditions } from './handler';
import type { ProtocolKit } from './protocol';
import { decideRange } from '../../range';
import { sendBytes } from './send-bytes';

/** How a bundle was asked for. */
export interface SendOptions {
  /** Whether its address contains the hash of the content, so that what is there never changes. */
  readonly isPinned: boolean;
  /** Whether conditions apply: without them the bytes are sent, whatever the device has seen. */
  readonly isConditional: boolean;
}

/** Sends a bundle or a range of it (RFC 9110, section 14), and records what the device reads. */
export type SendBundle = (
  exchange: Exchange,
  device: DeviceIdentity,
  bundle: Bundle,
  options: SendOptions,
) => Promise<void>;

const yearSeconds = 31_536_000;

export function createSendBundle({
  services: { readBundle, deviceEvents },
  counters,
  onDownload,
  onBytes,
}: ProtocolKit): SendBundle {
  const count = counters.beginBundles();

  async function sendRange(
    exchange: Exchange,
    device: DeviceIdentity,
    bundle: Bundle,
    bytes: { readonly start: number; readonly end: number },
    answer: { readonly status: number; readonly headers: ReplyHeaders },
  ): Promise<void> {
    const { trail } = exchange.connection;
    const lease = readBundle.openNow(bundle, trail) ?? (await readBundle.open(bundle, trail));
    try {
      count.requests += 1;
      onDownload(device, bundle);
      const part = partOf(bundle, bytes);
      if (part === 'payload') deviceEvents.take(device, { kind: 'began', by: 'payload', bundle });
      const isWhole = await sendBytes(exchange, answer, lease, bytes, (sent) => {
        count.bytes += sent;
        onBytes(exchange);
        if (part === 'payload')
          deviceEvents.take(device, { kind: 'progressed', by: 'payload', bundle, bytes: sent });
      });
      if (isWhole && part === 'signature')
        deviceEvents.take(device, { kind: 'progressed', by: 'signature', bundle });
    } finally {
      lease.release();
    }
  }

  return async (exchange, device, bundle, { isPinned, isConditional }) => {
    const { validators, pinned, unpinned } = describe(bundle);
    const headers = isPinned ? pinned : unpinned;
    if (isConditional && answeredByConditions(exchange, validators, headers)) return;
    const size = bundle.sizeBytes;
    const isRangeable = exchange.method === 'GET' && rangeCounts(exchange.header('if-range'), validators);
    const range = decideRange(isRangeable ? exchange.header('range') : undefined, size);
    if (range.kind === 'unsatisfiable') {
      exchange.send(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': 0 });
      return;
    }
    const { start, end } = range.kind === 'part' ? range : { start: 0, end: size - 1 };
    // A spread comes last: keys that follow one cost V8 a new hidden class, and that is several microseconds for each range.
    const full = {
      'content-type': 'application/octet-stream',
      'content-length': end - start + 1,
      ...headers,
    };
    if (exchange.method === 'HEAD') {
      exchange.send(200, full);
      return;
    }
    const answer =
      range.kind === 'part'
        ? { status: 206, headers: { 'content-range': `bytes ${start}-${end}/${size}`, ...full } }
        : { status: 200, headers: full };
    await sendRange(exchange, device, bundle, { start, end }, answer);
  };
}

/** What every answer about a bundle says of it. */
interface Description {
  readonly validators: Validators;
  /** Headers for an address that contains the hash of the content. */
  readonly pinned: ReplyHeaders;
  readonly unpinned: ReplyHeaders;
}

/** Keyed by the catalog's entry of each bundle. Cached, because a device asks for thousands of ranges. */
const descriptions = new WeakMap<Bundle, Description>();

function describe(bundle: Bundle): Description {
  const known = descriptions.get(bundle);
  if (known !== undefined) return known;
  const { sha256, uploadedAt } = bundle;
  const validators = { etag: `"${sha256}"`, lastModified: uploadedAt };
  const headers = {
    'accept-ranges': 'bytes',
    etag: validators.etag,
    'last-modified': uploadedAt.toUTCString(),
    'x-content-type-options': 'nosniff',
  };
  // no-transform: RAUC does not decode, and ranges of compressed bytes would be different bytes.
  const described = {
    validators,
    pinned: { 'cache-control': `private, no-transform, max-age=${yearSeconds}, immutable`, ...headers },
    unpinned: { 'cache-control': 'private, no-transform, no-cache', ...headers },
  };
  descriptions.set(bundle, described);
  return described;
}
