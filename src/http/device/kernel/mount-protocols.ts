import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { Exchange } from '../transport/exchange';
import type { RequestLog } from '../../../ports/log';
import type { Counters } from './counters';
import { DownloadLog } from './download-log';
import type { Charge } from './handler';
import type { Protocol, ProtocolKit, ProtocolServices } from './protocol';
import type { MountedProtocol } from './router';
import type { Clock } from '../../../ports/clock';

export interface MountOptions {
  readonly services: ProtocolServices;
  /** How often devices should ask, for protocols that tell them, in milliseconds; default: five minutes. */
  readonly pollIntervalMs?: number;
  readonly now: Clock;
  readonly log: RequestLog;
  readonly version: string;
}

export interface MountPorts {
  readonly counters: Counters;
  readonly charge: Charge;
  /** As {@link ProtocolKit.baseUrl}. */
  readonly baseUrl: ProtocolKit['baseUrl'];
  /** Called when bytes of bundles are sent. */
  readonly onBytes: (exchange: Exchange) => void;
}

/** Builds the routes of the protocols for one listener. */
export function mountProtocols(
  protocols: readonly Protocol[],
  options: MountOptions,
  { counters, charge, baseUrl, onBytes }: MountPorts,
): readonly MountedProtocol[] {
  const { services, now, version, pollIntervalMs = 300_000 } = options;
  const downloads = new DownloadLog(options.log, now);
  const shared = {
    services,
    now,
    version,
    pollIntervalMs,
    charge,
    onBytes,
    baseUrl,
    onDownload: (device: DeviceIdentity, bundle: Bundle) => downloads.note(device, bundle),
  };
  return protocols.map(({ name, authenticate, routes }) => {
    const own = counters.of(name);
    return { authenticate, counters: own, routes: routes({ ...shared, counters: own }) };
  });
}
