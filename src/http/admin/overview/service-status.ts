import type { Registry } from 'prom-client';
import { healthJson } from '../../../contract/server';
import { isDatabaseAway } from '../../../core/database-away';
import type { BundleStoreStatus } from '../../../ports/bundle-store';
import type { NodeStatus } from '../../../ports/nodes';
import type { ServiceHealth } from '../../../services/services';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';

/** For probes and Prometheus. */
export function statusRoutes(
  { services, health, version }: AdminOptions,
  metrics: Registry,
): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/health',
      scope: null,
      operation: 'getHealth',
      summary: 'Liveness',
      input: {},
      answers: {
        200: { description: 'The server is running', schema: healthJson },
      },
      problems: ['unavailable'],
      handle: () => {
        const { writeProblem } = services.health();
        if (isDatabaseAway(writeProblem)) throw writeProblem;
        const clock = services.serverClock.trouble()?.kind ?? ('right' as const);
        const storage = storageState(services.health());
        return { status: 200, json: { ...health?.(), status: 'ok' as const, version, storage, clock } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      scope: 'read',
      operation: 'getMetrics',
      summary: 'Prometheus metrics',
      input: {},
      answers: { 200: { description: 'Metrics in the text format', mediaType: 'text/plain' } },
      problems: [],
      handle: async () => ({
        status: 200,
        text: { mediaType: metrics.contentType, body: await metrics.metrics() },
      }),
    }),
  ];
}

function storageState({ writeProblem }: ServiceHealth): 'writable' | 'full' | 'unwritable' {
  if (writeProblem === null) return 'writable';
  return writeProblem.code === 'storage-full' ? 'full' : 'unwritable';
}

/** What `/health` says of the object store, if there is one. */
export function bundleStoreHealth(status: BundleStoreStatus | undefined): Readonly<Record<string, string>> {
  if (status === undefined) return {};
  return { bundle_store: status.problem === null ? 'working' : 'failing' };
}

/** What `/health` says of a server among others. */
export function nodeHealth({ isLeader, catalogVersion }: NodeStatus) {
  return { leads: isLeader, catalog_version: catalogVersion };
}
