import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

const receivers: Server[] = [];

afterAll(() => {
  for (const server of receivers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver of webhooks that refuses some deliveries at first, and hangs up on others. */
export class WebhookReceiver {
  /** The ids of deliveries that it has accepted, with how often each came. */
  readonly accepted = new Map<string, number>();
  /** Deliveries whose body was not that of the earlier ones with the same id, or has another id. */
  readonly strange: string[] = [];
  readonly #bodies = new Map<string, string>();

  private constructor(readonly url: string) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const isNew = receiver.#note(id, Buffer.concat(pieces).toString());
        const chance = isNew ? Math.random() : 1;
        if (chance < 0.03) {
          response.destroy();
          return;
        }
        if (chance >= 0.08) receiver.accepted.set(id, (receiver.accepted.get(id) ?? 0) + 1);
        response.writeHead(chance < 0.08 ? 500 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    receivers.push(server);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const receiver = new WebhookReceiver(`http://127.0.0.1:${address.port}/events`);
    return receiver;
  }

  /** How many deliveries came once more after they had been accepted. */
  get repeats(): number {
    return [...this.accepted.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  /** @returns whether this id is new */
  #note(id: string, body: string): boolean {
    const known = this.#bodies.get(id);
    this.#bodies.set(id, body);
    const { id: inside } = JSON.parse(body) as { readonly id: number };
    if (String(inside) !== id || (known !== undefined && known !== body)) this.strange.push(`${id}: ${body}`);
    return known === undefined;
  }
}
