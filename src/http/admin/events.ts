import { z } from 'zod';
import type { EventFilter } from '../../services/read-journal';
import type { AdminOptions } from './admin-options';
import { eventJson, presentEvent } from '../event-json';
import type { EventStreams } from './event-stream';
import { contextOf } from './request-context';
import { bundleName, compatible, deviceId, pageLimit, wholeNumber, word } from './request-fields';
import { answered, defineRoute, type Route } from './route';

const filters = z.strictObject({
  kind: z
    .string()
    .regex(/^[a-z.,-]{1,500}$/, 'not a list of kinds')
    .optional()
    .describe('kinds separated by commas; "device." means all that begin with it'),
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
  after: wholeNumber
    .transform(Number)
    .optional()
    .describe('for a stream: the id of the last event that is known'),
});

/** The journal: a page of it, or a stream that goes on. */
export function eventRoutes({ services }: AdminOptions, streams: EventStreams): readonly Route[] {
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
          schema: z.object({ events: z.array(eventJson), next_before: z.number().int().nullable() }),
        },
      },
      problems: ['unavailable'],
      handle: ({ input: { query }, request, response }) => {
        const filter = toFilter(query);
        if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
          const known = wholeNumber.safeParse(request.headers['last-event-id']);
          const lastId = readJournal.lastId();
          // An id from before a backup was restored may be ahead of the journal.
          const afterId = Math.min(lastId, known.success ? Number(known.data) : (query.after ?? lastId));
          streams.open(response, { filter, afterId, isAllowed: contextOf(request).isAllowed });
          return answered;
        }
        const { limit, before } = query;
        const page = readJournal.list(filter, {
          limit,
          ...(before === undefined ? {} : { beforeId: before }),
        });
        const last = page.length === limit ? page.at(-1) : undefined;
        return { status: 200, json: { events: page.map(presentEvent), next_before: last?.id ?? null } };
      },
    }),
  ];
}

function toFilter(query: z.infer<typeof filters>): EventFilter {
  const { kind, device, compatible: of, channel, bundle, release, installation, actor, since, until } = query;
  return {
    ...(kind === undefined ? {} : { kinds: kind.split(',').filter((part) => part !== '') }),
    ...(device === undefined ? {} : { deviceId: device }),
    ...(of === undefined ? {} : { compatible: of }),
    ...(channel === undefined ? {} : { channel }),
    ...(bundle === undefined ? {} : { bundleName: bundle }),
    ...(release === undefined ? {} : { releaseId: release }),
    ...(installation === undefined ? {} : { installationId: installation }),
    ...(actor === undefined ? {} : { actor }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
}
