import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { HawkbitClient } from '../../../support/hawkbit-client';
import { type HawkbitListener, startHawkbitListener, targetToken } from '../../../support/hawkbit-listener';
import { type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';
import { onSqlite } from '../../../support/test-database';

const pieceBytes = 512;

/** The artifact of a device's deployment, and the bytes that it has to have. */
async function artifactOf(device: HawkbitClient, { dataDir }: ReleasedFleet) {
  const { id: action, deployment } = await device.deployment();
  const href = deployment.chunks[0]?.artifacts[0]?._links['download']?.href ?? '';
  return { action, href, bytes: await readFile(path.join(dataDir, 'bundles', 'v2.0.0.raucb')) };
}

/** Where each of `count` ranges starts, spread over a file. */
function startsOf(count: number, sizeBytes: number): number[] {
  const step = Math.floor((sizeBytes - pieceBytes) / count);
  return Array.from({ length: count }, (_, index) => index * step);
}

const rangeFrom = (start: number) => ({ range: `bytes=${start}-${start + pieceBytes - 1}` });

describe('a device with a token that reads an artifact', () => {
  let listener: HawkbitListener;
  let headers: Record<string, string>;
  let device: HawkbitClient;

  beforeEach(async () => {
    listener = await startHawkbitListener();
    headers = targetToken(await listener.enrol('dev-1'));
    device = listener.client('dev-1', headers);
  });
  afterEach(() => listener.close());

  it('gets 128 ranges at once, each by the token that comes with it', async () => {
    const { href, bytes } = await artifactOf(device, listener.fleet);
    const { pathname } = new URL(href);
    const starts = startsOf(128, bytes.length);
    const answers = await Promise.all(
      starts.map((start) => device.request(href, 'GET', '', rangeFrom(start))),
    );
    for (const [index, { status, body }] of answers.entries()) {
      const start = starts[index] ?? 0;
      expect([status, body.equals(bytes.subarray(start, start + pieceBytes))]).toEqual([206, true]);
    }
    for (const wrong of [{}, targetToken('wrong')])
      expect((await listener.ask(pathname, { ...wrong, ...rangeFrom(0) })).status).toBe(401);
  });

  it('resumes where its connection broke, and has the same bytes', async () => {
    const { href, bytes } = await artifactOf(device, listener.fleet);
    const ca = await readFile(path.join(listener.fleet.certsDir, 'ca.crt'));
    const read = await new Promise<Buffer>((resolve, reject) => {
      https
        .get(href, { headers, ca, agent: false }, (response) => {
          response.once('data', (piece: Buffer) => {
            response.destroy();
            resolve(piece.subarray(0, piece.length - 1));
          });
        })
        .once('error', reject);
    });
    const rest = await device.request(href, 'GET', undefined, { range: `bytes=${read.length}-` });
    expect(rest.status).toBe(206);
    expect(Buffer.concat([read, rest.body]).equals(bytes)).toBe(true);
  });
});

onSqlite.describe('the ranges of a streamed bundle', () => {
  it('write nothing: what was read of it is written with the rest, once a second', async () => {
    const fleet = await startReleasedFleet();
    const device = new HawkbitClient((await fleet.connect('dev-1', 'HTTP/2')).client, 'dev-1');
    const { action, href, bytes } = await artifactOf(device, fleet);
    const range = async (start: number) =>
      (await device.request(href, 'GET', undefined, rangeFrom(start))).status;
    await device.feedback(action, 'proceeding', 'none', ['installing']);
    expect(await range(0)).toBe(206); // and with it the download has begun
    await fleet.services.runHousekeeping();
    const before = await databaseHash(fleet);
    for (const start of startsOf(500, bytes.length)) expect(await range(start)).toBe(206);
    expect(await databaseHash(fleet)).toBe(before);
    await fleet.services.runHousekeeping();
    expect(await databaseHash(fleet)).not.toBe(before);
    await fleet.close();
  });
});

/** Changes with every write to the database. */
async function databaseHash({ dataDir }: ReleasedFleet): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['server.db', 'server.db-wal']) hash.update(await readFile(path.join(dataDir, name)));
  return hash.digest('hex');
}
