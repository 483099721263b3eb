import { once } from 'node:events';
import http from 'node:http';
import { json } from 'node:stream/consumers';
import { maxBulk } from '../../../../src/contract/device-action';
import { runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';

const ids = Array.from({ length: 2 * maxBulk + 5 }, (_, index) => `board-${index}`);

/** A server with these devices, which does the first part of a bulk action; what it does with the second is said. */
async function bulkWith(second: (response: http.ServerResponse) => void) {
  const parts: string[][] = [];
  const server = http.createServer((request, response) => {
    if (request.method === 'GET') {
      const devices = ids.map((id) => ({ id }));
      response.end(JSON.stringify({ devices, next: null, total: ids.length }));
      return;
    }
    void json(request).then((body) => {
      const part = (body as { ids: string[] }).ids;
      parts.push(part);
      if (parts.length === 1) response.end(JSON.stringify({ done: part, failed: [] }));
      else second(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const args = [
    'device',
    'bulk',
    'hold',
    '--all',
    '--yes',
    '--json',
    '--server',
    `http://127.0.0.1:${address.port}`,
  ];
  try {
    const { code, stdout, stderr } = await runCommand(args, { cwd: await temporaryFolder() });
    return { code, outcome: JSON.parse(stdout) as unknown, error: JSON.parse(stderr) as unknown, parts };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const first = ids.slice(0, maxBulk);
const middle = ids.slice(maxBulk, 2 * maxBulk);
const last = ids.slice(2 * maxBulk);

describe('device bulk that ends in the middle', () => {
  it('says what was done, of which nobody knows, and what was not tried', async () => {
    const { code, outcome, parts } = await bulkWith((response) => response.socket?.destroy());
    expect({ code, parts: parts.length }).toEqual({ code: 1, parts: 2 });
    expect(outcome).toEqual({
      matched: ids.length,
      done: first,
      failed: [],
      unsure: middle,
      not_tried: last,
    });
  });

  it('counts what was refused as a whole as not tried', async () => {
    const { code, outcome, error } = await bulkWith((response) =>
      response.writeHead(403).end(JSON.stringify({ code: 'forbidden', detail: 'revoked' })),
    );
    expect({ code, error }).toMatchObject({
      code: 1,
      error: { error: { code: 'forbidden' } },
    });
    expect(outcome).toMatchObject({ done: first, unsure: [], not_tried: [...middle, ...last] });
  });
});
