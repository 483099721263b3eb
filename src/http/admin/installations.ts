import { z } from 'zod';
import type { AdminOptions } from './admin-options';
import { installationJson, installationState, presentInstallation } from './device-json';
import { bundleName, defined, deviceId, pageLimit, wholeNumber } from './request-fields';
import { defineRoute, type Route } from './route';

/** The installations of all devices, and the logs that devices sent of them. */
export function installationRoutes({ services }: AdminOptions): readonly Route[] {
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
            next_before: z.number().int().nullable(),
          }),
        },
      },
      problems: [],
      handle: ({ input: { query } }) => {
        const { device, state, bundle, release, limit, before } = query;
        const page = listFleet.listInstallations({
          limit,
          ...defined({ deviceId: device, state, bundleName: bundle, releaseId: release, beforeId: before }),
        });
        const last = page.length === limit ? page.at(-1) : undefined;
        return {
          status: 200,
          json: { installations: page.map(presentInstallation), next_before: last?.id ?? null },
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
