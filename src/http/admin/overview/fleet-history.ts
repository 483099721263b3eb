import { z } from 'zod';
import type { AdminOptions } from '../kernel/admin-options';
import { versionCountJson } from './overview';
import { compatible, wholeNumber, word } from '../../../contract/request-fields';
import { defineRoute, type Route } from '../kernel/route';

export const historyJson = z.object({
  points: z
    .array(z.object({ at: z.iso.datetime(), counts: z.array(versionCountJson) }))
    .describe('at most 200, oldest first; the last is the present moment'),
  versions: z.array(z.string().nullable()).describe('all that are in it, as people count; null last'),
});

/** What the fleet ran, over time. */
export function fleetHistoryRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/fleet/history',
      scope: 'read',
      operation: 'getFleetHistory',
      summary: 'How many devices ran which version, over time',
      input: {
        query: z.strictObject({
          compatible: compatible.optional(),
          channel: word.optional(),
          hours: wholeNumber.transform(Number).pipe(z.number().min(1).max(17_520)).default(48),
        }),
      },
      answers: { 200: { description: 'Points in time', schema: historyJson } },
      problems: [],
      handle: ({ input: { query } }) => {
        const { points, versions } = services.fleetHistory.read({
          hours: query.hours,
          ...(query.compatible === undefined ? {} : { compatible: query.compatible }),
          ...(query.channel === undefined ? {} : { channel: query.channel }),
        });
        const json: z.infer<typeof historyJson> = {
          points: points.map(({ at, counts }) => ({ at: at.toISOString(), counts: [...counts] })),
          versions: [...versions],
        };
        return { status: 200, json };
      },
    }),
  ];
}
