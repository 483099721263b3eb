import { z } from 'zod';
import type { EventFilter } from '../../../core/event-filter';
import type { AdminOptions } from '../kernel/admin-options';
import { eventJson, presentEvent } from '../../event-json';
import type { EventStreams } from '../kernel/event-stream';
import { contextOf } from '../kernel/request-context';
import {
  bundleName,
  compatible,
  deviceId,
  pageLimit,
  wholeNumber,
  word,
} from '../../../contract/request-fields';
import { defined } from '../kernel/service-request';
import { answered, defineRoute, type Route } from '../kernel/route';
import type { Shares } from '../kernel/shares';

/** More than there are. */
const maxKinds = 64;
const kindsMaxLength = 2_000;

const filters = z.strictObject({
  kind: z
    .string()
    .max(kindsMaxLength)
    .regex(/^[a-z.,-]+$/, 'not a list of kinds')
    .transform((text) => [...new Set(text.split(',').filter((part) => part !== ''))])
    .refine(
      (kinds) => kinds.length <= maxKinds,
      `at most ${maxKinds} kinds; "device." means all that begin with it`,
    )
    .optional()
    .describe(`at most ${maxKinds} kinds separated by commas; "device." means all that begin with it`),
  device: deviceId.optional(),
  compatible: compatible.optional(),
  channel: word.optional(),
  bundle: bundleName.optional(),
  release: wholeNumber.transform(Number).optional(),
  installation: wholeNumber.transform(Number).optional(),
  actor: z.string().min(1).max(100).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  limit: pageLimit,
  before: wholeNumber.transform(Number).optional().describe('the `next_before` of the page before'),
  after: wholeNumber.transform(Number).optional().describe('the id of the last event that is known'),
});

export const eventPageJson = z.object({
  events: z.array(eventJson),
  next_before: z.number().int().nullable().describe('`before` of the next page; null on the last'),
  searched_until: z.iso
    .datetime()
    .nullable()
    .describe(
      'set when the search ended before the page was full, because it had looked at enough: go on with next_before',
    ),
  last_id: z
    .number()
    .int()
    .describe('of the newest event, whether it fits or not: `after` for what comes later'),
});

/** The journal: a page of it, or a stream that goes on. */
export function eventRoutes(
  { services }: AdminOptions,
  streams: EventStreams,
  searches: Shares,
): readonly Route[] {
  const { readJournal } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/events',
      scope: 'read',
      operation: 'listEvents',
      summary:
        'What people and devices did, newest first. With "Accept: text/event-stream" as server-sent events, from now on or after Last-Event-ID',
      input: { query: filters },
      answers: {
        200: {
          description: 'A page of the journal',
          schema: eventPageJson,
        },
      },
      problems: ['unavailable', 'too-many-requests'],
      handle: async ({ input: { query }, actor, request, response }) => {
        const filter = toFilter(query);
        if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
          const known = wholeNumber.safeParse(request.headers['last-event-id']);
          const lastId = readJournal.lastId();
          // An id from before a backup was restored may be ahead of the journal.
          const afterId = Math.min(lastId, known.success ? Number(known.data) : (query.after ?? lastId));
          const { isAllowed } = contextOf(request);
          streams.open(response, { actor: actor.name, filter, afterId, isAllowed });
          return answered;
        }
        const { limit, before, after } = query;
        const lastId = readJournal.lastId();
        const page = { limit, ...defined({ beforeId: before, afterId: after }) };
        const found = await searches.during(actor.name, () => readJournal.search(filter, page));
        return {
          status: 200,
          json: {
            events: found.events.map(presentEvent),
            next_before: found.nextBefore,
            searched_until: found.searchedUntil?.toISOString() ?? null,
            last_id: lastId,
          },
        };
      },
    }),
  ];
}

function toFilter(query: z.infer<typeof filters>): EventFilter {
  const { kind, device, bundle, release, installation, since, until, ...others } = query;
  const { compatible: of, channel, actor } = others;
  return defined({
    kinds: kind,
    deviceId: device,
    compatible: of,
    channel,
    bundleName: bundle,
    releaseId: release,
    installationId: installation,
    actor,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  });
}
