import {
  installationListQuery,
  installationLogJson,
  installationPageJson,
  installationParams,
} from '../../../contract/installation';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';
import type { Shares } from '../kernel/shares';
import { presentInstallation } from './installation-json';

/** The installations of all devices, and the logs that devices sent about them. */
export function installationRoutes({ services }: AdminOptions, searches: Shares): readonly Route[] {
  const { manageDevices, listFleet } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/installations',
      scope: 'read',
      operation: 'listInstallations',
      summary: 'Installations by filters, newest first',
      input: {
        query: installationListQuery,
      },
      answers: { 200: { description: 'A page of installations', schema: installationPageJson } },
      problems: ['unavailable', 'too-many-requests'],
      handle: async ({ input: { query }, actor }) => {
        const { device, state, bundle, release, limit, before } = query;
        const filter = { deviceId: device, state, bundleName: bundle, releaseId: release, beforeId: before };
        const { installations, nextBefore, searchedUntil } = await searches.during(actor.name, () =>
          listFleet.listInstallations({ limit, ...defined(filter) }),
        );
        return {
          status: 200,
          json: {
            installations: installations.map(presentInstallation),
            next_before: nextBefore,
            searched_until: searchedUntil?.toISOString() ?? null,
          },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/installations/{id}/log',
      scope: 'read',
      operation: 'getInstallationLog',
      summary: 'The newest log that the device sent with a report',
      input: { params: installationParams },
      answers: { 200: { description: 'The log', schema: installationLogJson } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const { log, at } = await manageDevices.log(input.params.id);
        return { status: 200, json: { log, at: at.toISOString() } };
      },
    }),
  ];
}
