import { once } from 'node:events';
import { get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { sendPieces } from '../../../../../src/http/admin/kernel/send-pieces';
import { eventually } from '../../../../support/eventually';

const many = 1_000;
const piece = 'x'.repeat(1 << 20);

let server: Server;
/** How the answer ended for the server. */
let ended: unknown;
let made: number;
let pieces: () => AsyncGenerator<string, void>;

beforeEach(async () => {
  ended = undefined;
  made = 0;
  const app = express();
  app.get('/', (_request, response, next) => {
    sendPieces(response, { 'Content-Type': 'text/csv; charset=utf-8' }, pieces()).then(
      () => (ended = 'sent'),
      (error: unknown) => {
        ended = error;
        next(error);
      },
    );
  });
  app.use(((error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.status(503).send('not available');
  }) satisfies express.ErrorRequestHandler);
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(method = 'GET'): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const request = get({ host: '127.0.0.1', port, method, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** @param failAt the piece that cannot be made */
async function* numbered(count: number, failAt = Infinity): AsyncGenerator<string, void> {
  for (let at = 0; at < count; at += 1) {
    if (at === failAt) throw new Error('the disk is gone');
    made += 1;
    yield await Promise.resolve(`${at}\n`);
  }
}

describe('an answer in pieces', () => {
  it('is all of them, in order', async () => {
    pieces = () => numbered(many);
    const response = await ask();
    expect(await text(response)).toBe(Array.from({ length: many }, (_, at) => `${at}\n`).join(''));
    await eventually(() => ended === 'sent');
  });

  it('is made while it is read, and no more when its reader has gone', async () => {
    let isOver = false;
    pieces = async function* () {
      try {
        for (let at = 0; at < many; at += 1) {
          made += 1;
          yield await Promise.resolve(piece);
        }
      } finally {
        isOver = true;
      }
    };
    const response = await ask();
    response.destroy();
    // The rest would be a gibibyte: sockets hold some mebibytes of it.
    await eventually(() => isOver && ended !== undefined);
    expect(ended).toBe('sent');
    expect(made).toBeLessThan(many / 10);
  });

  it('is cut where a piece fails, so that it does not look whole', async () => {
    pieces = () => numbered(many, 3);
    const response = await ask();
    await expect(text(response)).rejects.toThrow();
    expect(response.complete).toBe(false);
    await eventually(() => ended !== undefined);
    expect(ended).toEqual(new Error('the disk is gone'));
  });

  it('is another answer when the first piece fails', async () => {
    pieces = () => numbered(many, 0);
    const response = await ask();
    expect([response.statusCode, await text(response)]).toEqual([503, 'not available']);
  });

  it('of none is empty', async () => {
    pieces = () => numbered(0);
    const response = await ask();
    expect([response.statusCode, await text(response)]).toEqual([200, '']);
  });

  it('makes one piece for who asks for the head alone', async () => {
    pieces = () => numbered(many);
    const response = await ask('HEAD');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    response.resume();
    await eventually(() => ended === 'sent');
    expect(made).toBe(1);
  });
});
