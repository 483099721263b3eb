import { z } from 'zod';
import { eventPageJson } from '../../contract/event';
import type { Read } from '../../contract/reader';
import type { AdminClient } from '../kernel/admin-client';
import { parseAnswer } from '../kernel/server-answer';

/** The unchanged page, for scripts; an older server always searches to the end. */
const wholePage = eventPageJson
  .pick({ next_before: true, searched_until: true })
  .partial({ searched_until: true })
  .extend({ events: z.array(z.unknown()) })
  .loose();

type EventPage = Read<z.infer<typeof wholePage>>;

/**
 * Reads the newest events that match. One search of the server covers part of a large journal; the next one continues there,
 * until there are enough events or the whole journal was searched.
 * @param limit as the user gave it: the server validates it
 * @param onPart called with how far back the search has got, each time it continues
 * @throws ServerRefusal; DomainError `unavailable`
 */
export async function findEvents(
  client: Pick<AdminClient, 'get'>,
  filter: URLSearchParams,
  limit: string,
  onPart: (searchedUntil: string) => void,
): Promise<EventPage> {
  const query = new URLSearchParams(filter);
  query.set('limit', limit);
  let found = await ask(client, query);
  while (typeof found.searched_until === 'string' && found.next_before !== null) {
    onPart(found.searched_until);
    query.set('limit', String(Number(limit) - found.events.length));
    query.set('before', String(found.next_before));
    const next = await ask(client, query);
    found = { ...next, events: [...found.events, ...next.events] };
  }
  return found;
}

async function ask(client: Pick<AdminClient, 'get'>, query: URLSearchParams): Promise<EventPage> {
  return parseAnswer(wholePage, await client.get(`/api/events?${query.toString()}`));
}
