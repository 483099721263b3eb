import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { OfferingProtocol, ProtocolLimits } from '../../../core/protocol';
import type { ReadBundle } from '../../../services/catalog/read-bundle';
import type { BundleAccess } from '../../../services/offers/bundle-access';
import type { DeviceActions } from '../../../services/offers/device-actions';
import type { DeviceEvents } from '../../../services/offers/device-events';
import type { WatchRestores } from '../../../services/startup/watch-restores';
import type { Exchange } from '../transport/exchange';
import type { ProtocolCounters } from './counters';
import type { Charge, Handler, PathParams } from './handler';
import type { Clock } from '../../../ports/clock';

/**
 * One way in which devices talk to us. It translates what it hears into the events of `core/device-event`, and what
 * `decideOffer` says into its answers; it decides nothing. A new one is a folder, and a line in `protocols.ts`.
 */
export interface Protocol {
  /** As metrics and explanations name it: lower case, words joined by hyphens. */
  readonly name: string;
  /** Names the device that a request comes from. @throws DomainError `forbidden` */
  readonly authenticate: (exchange: Exchange, params: PathParams) => DeviceIdentity | Promise<DeviceIdentity>;
  readonly routes: (kit: ProtocolKit) => readonly Route[];
  /** What it can carry of what is offered; `null` for one by which nobody asks what to install. */
  readonly limits: ProtocolLimits | null;
}

/** HEAD is answered by GET. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

export interface Route {
  readonly method: Method;
  /** With parameters as `/bundles/:name`. */
  readonly path: string;
  readonly handler: Handler;
  /** The longest body; without it a request with a body is refused. */
  readonly bodyLimitBytes?: number;
  /** It sends bytes of bundles, which RAUC asks for in thousands of ranges: it charges what costs more by itself. */
  readonly isDownload?: true;
}

/** What the routes of a protocol are made from. */
export interface ProtocolKit {
  readonly services: ProtocolServices;
  /** What the device of a request reaches the server by, without a slash at the end. */
  readonly baseUrl: (exchange: Exchange) => string;
  readonly now: Clock;
  /** How often devices should ask, where a protocol tells them, in milliseconds. */
  readonly pollIntervalMs: number;
  /** Of this server. */
  readonly version: string;
  /** The protocol's own. */
  readonly counters: ProtocolCounters;
  /** Counts what costs more than the bytes of a download. */
  readonly charge: Charge;
  /** Hears of each request that gets bytes of a bundle. */
  readonly onDownload: (device: DeviceIdentity, bundle: Bundle) => void;
  /** Hears of bytes of bundles that go out. */
  readonly onBytes: (exchange: Exchange) => void;
}

export interface ProtocolServices {
  readonly deviceEvents: DeviceEvents;
  readonly bundleAccess: BundleAccess;
  readonly deviceActions: DeviceActions;
  readonly readBundle: ReadBundle;
  readonly watchRestores: Pick<WatchRestores, 'hear'>;
}

/** The device that the verified certificate of the connection names; no header ever does. */
export function byCertificate({ connection }: Exchange): DeviceIdentity {
  return connection.identity;
}

/** Those by which devices ask what to install. */
export function offeringProtocols(protocols: readonly Protocol[]): readonly OfferingProtocol[] {
  return protocols.flatMap(({ name, limits }) => (limits === null ? [] : [{ name, limits }]));
}
