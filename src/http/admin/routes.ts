import type { Registry } from 'prom-client';
import { aboutRoutes } from './overview/about';
import type { AdminOptions } from './kernel/admin-options';
import { bundleContentRoutes, downloadLimits } from './catalog/bundle-content';
import { bundleRoutes } from './catalog/bundles';
import { certificateRoutes } from './certificates/certificates';
import { deviceActionRoutes } from './devices/device-actions';
import { deviceExportRoutes } from './devices/device-export';
import { deviceRoutes } from './devices/devices';
import type { EventStreams } from './kernel/event-stream';
import { eventRoutes } from './journal/events';
import { fleetHistoryRoutes } from './overview/fleet-history';
import { installationRoutes } from './devices/installations';
import { manifestRoutes } from './catalog/manifests';
import { openApiRoutes } from './kernel/openapi';
import { overviewRoutes } from './overview/overview';
import { activationRoutes } from './rollouts/activations';
import { goBackRoutes } from './rollouts/going-back';
import { releaseRoutes } from './rollouts/releases';
import { refusedCertificateRoutes } from './certificates/refused-certificates';
import { revocationRoutes } from './certificates/revocations';
import { rolloutRoutes } from './rollouts/rollouts';
import type { Route } from './kernel/route';
import { type SessionPorts, sessionRoutes } from './access/session';
import { statusRoutes } from './overview/service-status';
import { searchLimits, Shares } from './kernel/shares';
import { deviceTokenRoutes } from './access/device-tokens';
import { tokenRoutes } from './access/tokens';
import { deliveryRoutes } from './webhooks/deliveries';
import { webhookRoutes } from './webhooks/webhooks';
import { uploadRoutes } from './catalog/upload';

/** Every endpoint of the admin listener. */
export function adminRoutes(
  options: AdminOptions,
  metrics: Registry,
  streams: EventStreams,
  callers: SessionPorts,
  searches = new Shares(searchLimits),
  downloads = new Shares(downloadLimits),
): readonly Route[] {
  const routes = [
    ...bundleRoutes(options),
    ...bundleContentRoutes(options, downloads),
    ...manifestRoutes(options),
    ...activationRoutes(options),
    ...goBackRoutes(options), // before the route of one release: "back" is not an id
    ...releaseRoutes(options),
    ...rolloutRoutes(options),
    ...overviewRoutes(options),
    ...fleetHistoryRoutes(options),
    ...deviceExportRoutes(options, searches),
    ...deviceRoutes(options, searches),
    ...installationRoutes(options, searches),
    ...deviceActionRoutes(options),
    ...certificateRoutes(options),
    ...revocationRoutes(options),
    ...refusedCertificateRoutes(options),
    ...uploadRoutes(options),
    ...eventRoutes(options, streams, searches),
    ...webhookRoutes(options),
    ...deliveryRoutes(options),
    ...tokenRoutes(options),
    ...deviceTokenRoutes(options),
    ...sessionRoutes(options, callers),
    ...aboutRoutes(options),
    ...statusRoutes(options, metrics),
  ];
  return [...routes, ...openApiRoutes(routes, options.version)];
}
