import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { OfferUpdate } from '../../../services/offers/offer-update';
import type { ReadBundle } from '../../../services/catalog/read-bundle';
import type { RecordProgress } from '../../../services/offers/record-progress';
import type { WatchRestores } from '../../../services/startup/watch-restores';
import { rangeCounts, type Validators } from '../kernel/conditional';
import { readContact, transactionIdOf } from './device-facts';
import type { Exchange, ReplyHeaders } from '../transport/exchange';
import { answeredByConditions, type Charge, type Handler } from '../kernel/handler';
import { isHash, namedHash } from './named-hash';
import { decideRange } from '../kernel/range';
import { sendBytes } from '../kernel/send-bytes';

export interface BundlePorts {
  readonly readBundle: ReadBundle;
  readonly offerUpdate: OfferUpdate;
  readonly recordProgress: RecordProgress;
  readonly watchRestores: Pick<WatchRestores, 'hear'>;
  readonly now: () => Date;
  /** Counts what costs more than bytes: an attempt that begins, and a name that nobody here knows. */
  readonly charge: Charge;
  /** Told of each GET that gets bytes. */
  readonly onDownload: (identity: DeviceIdentity, bundle: Bundle) => void;
  /** Told of bytes that go out. */
  readonly onBytes: (exchange: Exchange, count: number) => void;
}

const yearSeconds = 31_536_000;

/** `GET /bundles/{name}` and `/bundles/{sha256}/{name}`: the bundle or a range of it (RFC 9110, section 14). */
export function createBundleHandler(ports: BundlePorts): Handler {
  return async (exchange, { params: { name = '', sha256 } }) => {
    const transactionId = transactionIdOf(exchange);
    const bundle = await getBundle(ports, exchange, name, sha256);
    await noteAttempt(ports, exchange, bundle, transactionId);
    const validators = { etag: `"${bundle.sha256}"`, lastModified: bundle.uploadedAt };
    const headers = describe(bundle, validators, sha256 !== undefined);
    // Whoever begins to install needs the bytes, whatever it has seen.
    if (transactionId === undefined && answeredByConditions(exchange, validators, headers)) return;
    await sendBundle(ports, exchange, bundle, validators, headers);
  };
}

/**
 * RAUC tells of itself in the first request of an operation alone; the thousands of ranges that follow say nothing, and touch
 * no database. A HEAD installs nothing.
 */
async function noteAttempt(
  { recordProgress, charge, now }: BundlePorts,
  exchange: Exchange,
  bundle: Bundle,
  transactionId: string | undefined,
): Promise<void> {
  const { identity } = exchange.connection;
  if (exchange.method !== 'GET') return;
  const isNoted =
    transactionId === undefined
      ? recordProgress.isKnown(identity)
      : recordProgress.hasBegun(identity, bundle, transactionId);
  if (isNoted) return;
  charge(exchange);
  await recordProgress.begin(identity, bundle, readContact(exchange, now()));
}

/** @throws DomainError `not-found`: also for what a device may not know about; `forbidden` as long as it waits */
async function getBundle(
  ports: BundlePorts,
  exchange: Exchange,
  name: string,
  sha256: string | undefined,
): Promise<Bundle> {
  const { readBundle, offerUpdate, recordProgress } = ports;
  const { identity } = exchange.connection;
  const bundle = readBundle.find(name);
  if (!recordProgress.isAdmitted(identity)) {
    // It must be known before a person can admit it.
    if (bundle !== undefined) await noteAttempt(ports, exchange, bundle, undefined);
    throw new DomainError('forbidden', 'this device is new and waits until a person admits it');
  }
  if (bundle === undefined || sha256 !== bundle.sha256) hearName(ports, exchange, bundle, sha256);
  if (bundle === undefined || (sha256 !== undefined && sha256 !== bundle.sha256) || bundle.sizeBytes === 0) {
    throw notFound(name);
  }
  const { compatibles } = identity;
  // A person may have released a bundle of another compatible by force: then it is theirs as well.
  const isTheirs =
    compatibles.length === 0 ||
    (bundle.compatible !== null && compatibles.includes(bundle.compatible)) ||
    compatibles.some((compatible) => offerUpdate.isReleased(bundle, compatible));
  if (!isTheirs) throw notFound(name);
  return bundle;
}

/** A range of a pinned bundle that is here tells nothing new. */
function hearName(
  { watchRestores, charge }: BundlePorts,
  exchange: Exchange,
  bundle: Bundle | undefined,
  pinned: string | undefined,
): void {
  const named = pinned !== undefined && isHash(pinned) ? pinned : namedHash(exchange);
  if (bundle === undefined || (named !== null && named !== bundle.sha256)) charge(exchange);
  if (named !== null && named !== bundle?.sha256) watchRestores.hear(exchange.connection.identity.id, named);
}

function notFound(name: string): DomainError {
  return new DomainError(
    'not-found',
    `there is no bundle ${JSON.stringify(name.slice(0, 200))} for this device`,
  );
}

function describe(
  bundle: Bundle,
  { etag, lastModified }: Validators,
  isPinned: boolean,
): Record<string, string | number> {
  return {
    // no-transform: RAUC does not decode, and ranges of compressed bytes would be other bytes.
    'cache-control': isPinned
      ? `private, no-transform, max-age=${yearSeconds}, immutable`
      : 'private, no-transform, no-cache',
    'accept-ranges': 'bytes',
    etag,
    'last-modified': (lastModified ?? bundle.uploadedAt).toUTCString(),
    'x-content-type-options': 'nosniff',
  };
}

async function sendBundle(
  { readBundle, recordProgress, onDownload, onBytes }: BundlePorts,
  exchange: Exchange,
  bundle: Bundle,
  validators: Validators,
  headers: ReplyHeaders,
): Promise<void> {
  const size = bundle.sizeBytes;
  const isRangeable = exchange.method === 'GET' && rangeCounts(exchange.header('if-range'), validators);
  const range = decideRange(isRangeable ? exchange.header('range') : undefined, size);
  if (range.kind === 'unsatisfiable') {
    exchange.send(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': 0 });
    return;
  }
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: size - 1 };
  const full = { ...headers, 'content-type': 'application/octet-stream', 'content-length': end - start + 1 };
  if (exchange.method === 'HEAD') {
    exchange.send(200, full);
    return;
  }
  const lease = await readBundle.open(bundle);
  try {
    const { identity } = exchange.connection;
    onDownload(identity, bundle);
    const isPayload = recordProgress.ask(identity, bundle, { start, end });
    const answer =
      range.kind === 'part'
        ? { status: 206, headers: { ...full, 'content-range': `bytes ${start}-${end}/${size}` } }
        : { status: 200, headers: full };
    const isWhole = await sendBytes(exchange, answer, lease, { start, end }, (count) => {
      onBytes(exchange, count);
      if (isPayload) recordProgress.sent(identity, bundle, count);
    });
    if (isWhole) recordProgress.done(identity, bundle, { start, end });
  } finally {
    lease.release();
  }
}
