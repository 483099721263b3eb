import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { OfferingProtocol, ProtocolLimits } from '../../../core/protocol';
import type { ReadBundle } from '../../../services/catalog/read-bundle';
import type { HawkbitConfiguration } from '../../../services/hawkbit/configuration';
import type { BundleAccess } from '../../../services/offers/bundle-access';
import type { DeviceActions } from '../../../services/offers/device-actions';
import type { DeviceEvents } from '../../../services/offers/device-events';
import type { WatchRestores } from '../../../services/startup/watch-restores';
import type { Exchange } from '../transport/exchange';
import type { ProtocolCounters } from './counters';
import type { Charge, ChargeRefusal, Handler, PathParams } from './handler';
import type { Clock } from '../../../ports/clock';

/**
 * A protocol that devices speak. It translates what devices say into the events of `core/device-event`, and what
 * `decideOffer` says into its answers; it decides nothing. A new protocol is a folder, and a line in `protocols.ts`.
 */
export interface Protocol {
  /** Its name in metrics and explanations: lower case, words joined by hyphens. */
  readonly name: string;
  /** Identifies the device that a request comes from. @throws DomainError `forbidden` */
  readonly authenticate: (exchange: Exchange, params: PathParams) => DeviceIdentity | Promise<DeviceIdentity>;
  readonly routes: (kit: ProtocolKit) => readonly Route[];
  /** Which offers it can carry; `null` if devices do not use it to ask what to install. */
  readonly limits: ProtocolLimits | null;
}

/** GET routes also answer HEAD. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

export interface Route {
  readonly method: Method;
  /** With parameters as `/bundles/:name`. */
  readonly path: string;
  readonly handler: Handler;
  /** The longest body; by default a request with a body is refused. */
  readonly bodyLimitBytes?: number;
  /**
   * It sends bytes of bundles, which RAUC requests in thousands of ranges: the route itself charges for what costs
   * more.
   */
  readonly isDownload?: true;
  /** How a request over budget is refused; default: `too-many-requests`. */
  readonly refusal?: ChargeRefusal;
}

/** What a protocol builds its routes from. */
export interface ProtocolKit {
  readonly services: ProtocolServices;
  /** The URL, without a trailing slash, at which the device of a request reaches the server. */
  readonly baseUrl: (exchange: Exchange) => string;
  readonly now: Clock;
  /** How often devices should ask, for protocols that tell them, in milliseconds. */
  readonly pollIntervalMs: number;
  /** This server's version. */
  readonly version: string;
  /** The counters of this protocol. */
  readonly counters: ProtocolCounters;
  /** Charges for what costs more than the bytes of a download. */
  readonly charge: Charge;
  /** Called for each request that gets bytes of a bundle. */
  readonly onDownload: (device: DeviceIdentity, bundle: Bundle) => void;
  /** Called when bytes of bundles are sent. */
  readonly onBytes: (exchange: Exchange) => void;
}

export interface ProtocolServices {
  readonly deviceEvents: DeviceEvents;
  readonly bundleAccess: BundleAccess;
  readonly deviceActions: DeviceActions;
  readonly readBundle: ReadBundle;
  readonly watchRestores: Pick<WatchRestores, 'hear'>;
  readonly hawkbitSettings: Pick<HawkbitConfiguration, 'current'>;
}

/** Identifies the device by the connection's verified certificate, never by a header. */
export function byCertificate({ connection }: Exchange): DeviceIdentity {
  return connection.identity;
}

/** The protocols by which devices ask what to install. */
export function offeringProtocols(protocols: readonly Protocol[]): readonly OfferingProtocol[] {
  return protocols.flatMap(({ name, limits }) => (limits === null ? [] : [{ name, limits }]));
}
