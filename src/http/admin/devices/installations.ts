import { z } from 'zod';
import type { AdminOptions } from '../kernel/admin-options';
import { installationJson, installationState, presentInstallation } from './device-json';
import { bundleName, deviceId, pageLimit, wholeNumber } from '../../../contract/request-fields';
import { defined } from '../kernel/service-request';
import { defineRoute, type Route } from '../kernel/route';
import type { Shares } from '../kernel/shares';

/** The installations of all devices, and the logs that devices sent of them. */
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
        query: z.strictObject({
          device: deviceId.optional(),
          state: installationState.optional(),
          bundle: bundleName.optional(),
          release: wholeNumber.transform(Number).optional(),
          limit: pageLimit,
          before: wholeNumber.transform(Number).optional().describe('the `next_before` of the page before'),
        }),
      },
      answers: {
        200: {
          description: 'A page of installations',
          schema: z.object({
            installations: z.array(installationJson),
            next_before: z.number().int().nullable().describe('`before` of the next page; null on the last'),
            searched_until: z.iso
              .datetime()
              .nullable()
              .describe(
                'set when the search ended before the page was full, because it had looked at enough: go on with next_before',
              ),
          }),
        },
      },
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
      input: { params: z.object({ id: wholeNumber.transform(Number) }) },
      answers: {
        200: {
          description: 'The log',
          schema: z.object({ log: z.string(), at: z.iso.datetime() }),
        },
      },
      problems: ['not-found'],
      handle: ({ input }) => {
        const { log, at } = manageDevices.log(input.params.id);
        return { status: 200, json: { log, at: at.toISOString() } };
      },
    }),
  ];
}
