import type { IncomingMessage } from 'node:http';
import type { AdminClient } from '../kernel/admin-client';
import { connectionFailure } from '../kernel/connection-failure';
import { readAnswer } from '../kernel/server-answer';

/** A heartbeat comes every 15 seconds: a connection that is silent for longer is dead. */
const silenceLimitMs = 60_000;

/**
 * Reads a stream of events until the server ends it.
 * @param lastId the event that is known already
 * @throws ServerRefusal; DomainError `unavailable` when the connection breaks
 */
export async function followEvents(
  client: AdminClient,
  filter: URLSearchParams,
  lastId: number | undefined,
  signal: AbortSignal,
  onEvent: (content: unknown) => void,
): Promise<void> {
  const request = client.request('GET', `/api/events?${filter.toString()}`, {
    Accept: 'text/event-stream',
    ...(lastId === undefined ? {} : { 'Last-Event-ID': String(lastId) }),
  });
  request.setTimeout(silenceLimitMs);
  const stop = () => request.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject).end();
    });
    if (response.statusCode !== 200) {
      await readAnswer(response, client.address);
      return;
    }
    let text = '';
    for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
      const frames = (text + piece).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) onEvent(JSON.parse(data) as unknown);
      }
    }
  } catch (error) {
    throw await connectionFailure(error, client.address);
  } finally {
    signal.removeEventListener('abort', stop);
    request.destroy();
  }
}
