import { fleetHistoryJson, type FleetHistoryJson, fleetHistoryQuery } from '../../../contract/fleet';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';

/** What the fleet ran over time. */
export function fleetHistoryRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/fleet/history',
      scope: 'read',
      operation: 'getFleetHistory',
      summary: 'How many devices ran which version, over time',
      input: {
        query: fleetHistoryQuery,
      },
      answers: { 200: { description: 'Points in time', schema: fleetHistoryJson } },
      problems: [],
      handle: async ({ input: { query } }) => {
        const { points, versions } = await services.fleetHistory.read({
          hours: query.hours,
          ...defined({ compatible: query.compatible, channel: query.channel }),
        });
        const json: FleetHistoryJson = {
          points: points.map(({ at, counts }) => ({ at: at.toISOString(), counts: [...counts] })),
          versions: [...versions],
        };
        return { status: 200, json };
      },
    }),
  ];
}
