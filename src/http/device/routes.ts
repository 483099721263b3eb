import type { OverBudget } from '../../services/overview/over-budget';
import type { OfferUpdate } from '../../services/offers/offer-update';
import type { ReadBundle } from '../../services/catalog/read-bundle';
import type { RecordProgress } from '../../services/offers/record-progress';
import type { RecordReport } from '../../services/offers/record-report';
import type { WatchRestores } from '../../services/startup/watch-restores';
import { chooseBaseUrl } from './rauc/base-url';
import { createBundleHandler } from './rauc/bundles';
import { createDownloadLog } from './kernel/download-log';
import type { Exchange } from './transport/exchange';
import type { Charge, Handler } from './kernel/handler';
import { limits } from './transport/listener';
import type { DeviceLog } from './transport/log';
import { createManifestHandler, createNamedManifestHandler } from './rauc/manifest';
import { createPollingHandler } from './rauc/native-polling';
import type { Route } from './kernel/router';
import { sendJson } from './kernel/send-json';
import { createStatusHandler } from './rauc/status';
import type { Counters } from './kernel/counters';

export interface DeviceServices {
  readonly offerUpdate: OfferUpdate;
  readonly readBundle: ReadBundle;
  readonly recordProgress: RecordProgress;
  readonly watchRestores: Pick<WatchRestores, 'hear'>;
  readonly recordReport: RecordReport;
  readonly overBudget: Pick<OverBudget, 'note' | 'counts'>;
}

export interface RouteOptions {
  readonly services: DeviceServices;
  /** SERVER_URL; `null` when it is not configured. */
  readonly baseUrl: string | null;
  /** Names and addresses of the server certificate in use. */
  readonly certificateNames: () => readonly string[];
  /** Whether the server certificate in use is for a host. */
  readonly coversHost: (host: string) => boolean;
  readonly now: () => Date;
  readonly log: DeviceLog;
  readonly version: string;
  /** How long a report may take to arrive, in milliseconds; the default is half a minute. */
  readonly bodyTimeoutMs?: number;
}

/**
 * All that devices can ask for: a new protocol is a line here.
 * @param port that the listener got
 * @param bundles hears of requests for bundles and of the bytes that went out
 */
export function createRoutes(
  options: RouteOptions,
  port: () => number,
  counters: Counters,
  charge: Charge,
  bundles: { onRequest(): void; onBytes(exchange: Exchange, bytes: number): void },
): readonly Route[] {
  const { services, log, now } = options;
  const baseUrl = (authority: string | undefined) =>
    chooseBaseUrl({
      configured: options.baseUrl,
      authority,
      coversHost: options.coversHost,
      certificateNames: options.certificateNames(),
      port: port(),
    });
  const logDownload = createDownloadLog(log, now);
  const bundle = createBundleHandler({
    ...services,
    now,
    charge,
    onDownload(identity, downloaded) {
      logDownload(identity, downloaded);
      bundles.onRequest();
    },
    onBytes: (exchange, count) => bundles.onBytes(exchange, count),
  });
  const manifestPorts = { ...services, baseUrl, now, counters };
  const { bodyTimeoutMs = limits.bodyTimeoutMs } = options;
  const get = (path: string, handler: Handler): Route => ({ method: 'GET', path, handler });
  return [
    get('/api/v1/manifest.json', createManifestHandler(manifestPorts)),
    get('/api/v1/manifest/:file', createNamedManifestHandler(manifestPorts)),
    get('/api/v1/update.raucb', createPollingHandler({ ...services, now, counters })),
    {
      method: 'POST',
      path: '/api/v1/status',
      handler: createStatusHandler({ ...services, now, counters, bodyTimeoutMs }),
    },
    { ...get('/bundles/:name', bundle), isDownload: true },
    { ...get('/bundles/:sha256/:name', bundle), isDownload: true },
    get('/health', (exchange) => sendJson(exchange, { status: 'ok', version: options.version })),
  ];
}
