import type { Registry } from 'prom-client';
import { aboutRoutes } from './about';
import type { AdminOptions } from './admin-options';
import { bundleRoutes } from './bundles';
import { certificateRoutes } from './certificates';
import { deviceActionRoutes } from './device-actions';
import { deviceRoutes } from './devices';
import type { EventStreams } from './event-stream';
import { eventRoutes } from './events';
import { fleetHistoryRoutes } from './fleet-history';
import { installationRoutes } from './installations';
import { manifestRoutes } from './manifests';
import { openApiRoutes } from './openapi';
import { overviewRoutes } from './overview';
import { releaseRoutes } from './releases';
import { revocationRoutes } from './revocations';
import { rolloutRoutes } from './rollouts';
import type { Route } from './route';
import { type SessionPorts, sessionRoutes } from './session';
import { statusRoutes } from './service-status';
import { tokenRoutes } from './tokens';
import { webhookRoutes } from './webhooks';
import { uploadRoutes } from './upload';

/** Every endpoint of the admin listener. */
export function adminRoutes(
  options: AdminOptions,
  metrics: Registry,
  streams: EventStreams,
  callers: SessionPorts,
): readonly Route[] {
  const routes = [
    ...bundleRoutes(options),
    ...manifestRoutes(options),
    ...releaseRoutes(options),
    ...rolloutRoutes(options),
    ...overviewRoutes(options),
    ...fleetHistoryRoutes(options),
    ...deviceRoutes(options),
    ...installationRoutes(options),
    ...deviceActionRoutes(options),
    ...certificateRoutes(options),
    ...revocationRoutes(options),
    ...uploadRoutes(options),
    ...eventRoutes(options, streams),
    ...webhookRoutes(options),
    ...tokenRoutes(options),
    ...sessionRoutes(options, callers),
    ...aboutRoutes(options),
    ...statusRoutes(options, metrics),
  ];
  return [...routes, ...openApiRoutes(routes, options.version)];
}
