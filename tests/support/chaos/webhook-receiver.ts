import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for a delivery, and then for what its sender does beside it, in milliseconds. */
const patienceMs = 5_000;
const restMs = 100;

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
  /** While it takes its time: what waits for an answer. */
  #waiting: (() => void)[] | undefined;

  private constructor(readonly url: string) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const answer = () => receiver.#answer(id, Buffer.concat(pieces).toString(), response);
        if (receiver.#waiting === undefined) answer();
        else receiver.#waiting.push(answer);
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

  /** Runs work while deliveries wait for their answer, and the server that sends them for nothing else. */
  async whileAsked(work: () => void): Promise<void> {
    const waiting: (() => void)[] = [];
    this.#waiting = waiting;
    const endMs = performance.now() + patienceMs;
    while (waiting.length === 0 && performance.now() < endMs) await delay(10);
    await delay(restMs);
    work();
    this.#waiting = undefined;
    for (const answer of waiting) answer();
  }

  #answer(id: string, body: string, response: ServerResponse): void {
    const chance = this.#note(id, body) ? Math.random() : 1;
    if (chance < 0.03) {
      response.destroy();
      return;
    }
    if (chance >= 0.08) this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    response.writeHead(chance < 0.08 ? 500 : 204).end();
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
