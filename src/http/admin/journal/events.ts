import { eventPageJson, eventQuery, type EventQuery, lastEventId } from '../../../contract/event';
import type { EventFilter } from '../../../core/event-filter';
import { presentEvent } from '../../event-json';
import type { AdminOptions } from '../kernel/admin-options';
import type { EventStreams } from '../kernel/event-stream';
import { contextOf } from '../kernel/request-context';
import { answered, defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';
import type { Shares } from '../kernel/shares';

/** The journal: a page of it, or a stream that continues. */
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
        'The journal, newest first. With "Accept: text/event-stream" as server-sent events, from now on or after Last-Event-ID',
      input: { query: eventQuery },
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
          const known = lastEventId.safeParse(request.headers['last-event-id']);
          const lastId = await readJournal.lastId();
          // An id from before a backup was restored may be ahead of the journal.
          const afterId = Math.min(lastId, known.success ? known.data : (query.after ?? lastId));
          const { isAllowed } = contextOf(request);
          streams.open(response, { actor: actor.name, filter, afterId, isAllowed });
          return answered;
        }
        const { limit, before, after } = query;
        const lastId = await readJournal.lastId();
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

function toFilter(query: EventQuery): EventFilter {
  const { kind, device, bundle, release, installation, since, until, ...others } = query;
  const { compatible: of, channel, actor, people } = others;
  return defined({
    kinds: kind,
    deviceId: device,
    compatible: of,
    channel,
    bundleName: bundle,
    releaseId: release,
    installationId: installation,
    actor,
    isByPeople: people ? true : undefined,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  });
}
