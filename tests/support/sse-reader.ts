import http, { type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { eventually } from './eventually';

export interface ReadEvent {
  readonly id: number;
  readonly kind: string;
  readonly data: { readonly id: number; readonly message: string; readonly device: string | null };
}

/** Reads server-sent events as a browser does. */
export class SseReader {
  readonly events: ReadEvent[] = [];
  status = 0;
  contentType = '';
  isOver = false;
  private text = '';
  private constructor(private readonly request: http.ClientRequest) {}

  /**
   * @param lastEventId of the last known event
   * @param headers in addition to those of a browser
   * @param connection further options of the connection
   */
  static async open(
    url: string,
    lastEventId?: number,
    headers: Readonly<Record<string, string>> = {},
    connection: RequestOptions = {},
  ): Promise<SseReader> {
    const request = (url.startsWith('https:') ? https : http).get(url, {
      ...connection,
      agent: false,
      headers: {
        ...headers,
        Accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) }),
      },
    });
    const reader = new SseReader(request);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    reader.status = response.statusCode ?? 0;
    reader.contentType = response.headers['content-type'] ?? '';
    response.setEncoding('utf8').on('data', (piece: string) => reader.take(piece));
    response.on('close', () => {
      reader.isOver = true;
    });
    response.on('error', () => undefined);
    return reader;
  }

  async until(count: number): Promise<readonly ReadEvent[]> {
    await eventually(() => this.events.length >= count);
    return this.events;
  }

  close(): void {
    this.request.destroy();
  }

  private take(piece: string): void {
    const frames = (this.text + piece).split('\n\n');
    this.text = frames.pop() ?? '';
    for (const frame of frames) {
      const fields = new Map(frame.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data = fields.get('data');
      if (data === undefined) continue;
      this.events.push({
        id: Number(fields.get('id')),
        kind: fields.get('event') ?? '',
        data: JSON.parse(data) as ReadEvent['data'],
      });
    }
  }
}
