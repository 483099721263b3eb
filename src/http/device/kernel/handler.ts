import type { DeviceIdentity } from '../../../core/device';
import { evaluateConditions, type Validators } from '../../conditional';
import type { Exchange, ReplyHeaders } from '../transport/exchange';

/** The decoded parameters of a route's path. */
export type PathParams = Readonly<Record<string, string | undefined>>;

/** A request that matched a route. */
export interface RouteRequest {
  /** The device, as the protocol identifies it. */
  readonly device: DeviceIdentity;
  readonly params: PathParams;
  readonly query: Pick<URLSearchParams, 'has' | 'get' | 'getAll'>;
  /**
   * Reads the body, up to the route's limit.
   * @throws DomainError `too-large`, `too-many-requests`; `invalid-input` when it does not arrive whole
   */
  readonly readBody: () => Promise<Buffer>;
}

/**
 * Counts a request against the device's budget.
 * @param refusal how one over the budget is refused; default: `too-many-requests`
 * @throws DomainError that
 */
export type Charge = (exchange: Exchange, refusal?: ChargeRefusal) => void;
export type ChargeRefusal = 'too-many-requests' | 'unavailable';

/** Answers the requests of one route. What it throws becomes a problem document. */
export type Handler = (exchange: Exchange, request: RouteRequest) => void | Promise<void>;

/**
 * Answers a request whose conditions leave nothing to send (RFC 9110, section 13).
 * @param headers the headers of the answer without conditions, except those about the body
 * @returns whether it was answered
 */
export function answeredByConditions(
  exchange: Exchange,
  validators: Validators,
  headers: ReplyHeaders,
): boolean {
  const condition = evaluateConditions(
    {
      ifMatch: exchange.header('if-match'),
      ifNoneMatch: exchange.header('if-none-match'),
      ifUnmodifiedSince: exchange.header('if-unmodified-since'),
      ifModifiedSince: exchange.header('if-modified-since'),
    },
    validators,
  );
  if (condition === 'not-modified') exchange.send(304, headers);
  if (condition === 'failed') exchange.send(412, { ...headers, 'content-length': 0 });
  return condition !== 'proceed';
}
