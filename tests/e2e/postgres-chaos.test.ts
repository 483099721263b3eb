import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { startBalancer } from '../support/chaos/balancer';
import { ChaosBoard } from '../support/chaos/chaos-board';
import {
  brokenMoves,
  leaderSql,
  outcomesSql,
  rolesSql,
  type RolloutLine,
  rolloutLinesSql,
  watchSql,
} from '../support/chaos/database-watch';
import { Crowd } from '../support/chaos/crowd';
import { type FaultName, faultNames, Faults } from '../support/chaos/faults';
import { issueDevices } from '../support/chaos/issue-devices';
import { one } from '../support/chaos/one';
import { People } from '../support/chaos/people';
import { ReleaseTimeline } from '../support/chaos/release-timeline';
import { RoamingReader } from '../support/chaos/roaming-reader';
import { Servers } from '../support/chaos/servers';
import { WebhookReceiver } from '../support/chaos/webhook-receiver';
import { Witness } from '../support/chaos/witness';
import { eventually } from '../support/eventually';
import { startGateProxy } from '../support/gate-proxy';
import { type Postgres, startPostgres } from '../support/postgres';
import { temporaryFolder } from '../support/programs';
import { startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';

/** The short form goes once through each fault; the long one (`npm run test:chaos`) continues with any of them. */
const isLong = process.env['CHAOS_SECONDS'] !== undefined;
const chaosMs = Number(process.env['CHAOS_SECONDS'] ?? '0') * 1_000;
/** How long a server is frozen. */
const frozenMs = isLong ? 30_000 : 12_000;
const boardCount = Number(process.env['CHAOS_DEVICES'] ?? (isLong ? '2000' : '24'));
/** Only these faults, for a look at one of them. */
const onlyFaults = process.env['CHAOS_FAULTS']?.split(',') as FaultName[] | undefined;

const serverNames = ['data-a', 'data-b', 'data-c'];
const atATime = 3;
const versions = ['2.0.0', '3.0.0', '4.0.0'];
const bundleNames = versions.map((version) => `v${version}.raucb`);
/** All devices together ask about a hundred times a second. */
const pauseMs = boardCount * 10;
/** How many devices talk to servers at once; those that asked a frozen server wait for seconds. */
const crowd = new Crowd(50);
const calmMs = 3_000;
const webhookKinds = ['release.', 'rollout.', 'installation.failed', 'device.registered'];

jest.setTimeout(chaosMs + 400_000);

let postgres: Postgres;
let servers: Servers;
let faults: Faults;
let people: People;
let receiver: WebhookReceiver;
let readers: readonly RoamingReader[];
const timeline = new ReleaseTimeline(() => performance.now());
const witness = new Witness(timeline);
const boards: ChaosBoard[] = [];
const ending = new AbortController();

const rows = (sql: string) => postgres.run(sql, 'chaos');
const idsOf = (found: readonly unknown[]) => (found as readonly { id: string }[]).map(({ id }) => Number(id));
const someAdmin = () => one(servers.running()).adminUrl;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const certificates = openCertificateFolder(path.join(folder, 'certs'), { now: () => new Date() });
  const issue = async () => {
    await certificates.createCa({});
    await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
    const ids = Array.from({ length: boardCount }, (_, index) => `board-${index}`);
    return await issueDevices(path.join(folder, 'certs'), ids);
  };
  const make = (version: string) => makeBundle({ version, seed: version, imageSizeBytes: 1 << 20 });
  const [gateway, database, made, devices, webhooks] = await Promise.all([
    startRgw(),
    startPostgres(),
    Promise.all(versions.map(make)),
    issue(),
    WebhookReceiver.start(),
  ]);
  postgres = database;
  receiver = webhooks;
  const store = await startGateProxy(gateway.port);
  const client = clientOf(gateway, locationOf(gateway, { bucket: 'updates' }));
  await client.send({ method: 'PUT', key: '' });
  client.close();
  const env = {
    BUNDLE_STORE: 's3://updates/fleet',
    S3_ENDPOINT: `http://127.0.0.1:${store.port}`,
    AWS_ACCESS_KEY_ID: gateway.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
    BUNDLE_KEYRING: made[0]?.keyringPath ?? '',
    WEBHOOK_ALLOW_LOCAL: 'true',
    MAX_TRIES: '1000', // devices fail on purpose
  };
  await postgres.run(rolesSql(serverNames));
  servers = new Servers({ folder, env, database: await postgres.create('chaos'), names: serverNames });
  await servers.start();
  const [first = ''] = servers.running().map(({ adminUrl }) => adminUrl);
  const contents = await contentsOf(made);
  for (const [name, content] of contents) {
    const body = new FormData();
    body.set('bundle', new Blob([content]), name);
    expect((await fetch(`${first}/upload`, { method: 'POST', body })).status).toBe(201);
  }
  await fetch(`${first}/api/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'receiver', url: receiver.url, kinds: webhookKinds }),
  });
  await rows(watchSql(atATime));
  await rows(leaderSql);
  const { signal } = ending;
  const wakeSome = () => {
    for (let count = 0; count < 12; count += 1) one(boards).wake();
  };
  people = new People({ servers, bundles: bundleNames, timeline, atATime, onReleased: wakeSome, signal });
  faults = new Faults({
    servers,
    postgres,
    store,
    receiver,
    frozenMs,
    awayMs: isLong ? 10_000 : 4_000,
  });
  readers = Array.from({ length: 3 }, () => new RoamingReader(someAdmin, signal));
  const url = `https://localhost:${await startBalancer(portsOf)}`;
  const direct = () => servers.running().map(({ deviceUrl }) => deviceUrl);
  for (const [id, tls] of devices) {
    const own = { id, tls, contents, witness, crowd, pauseMs, signal };
    boards.push(new ChaosBoard({ ...own, url, servers: direct }));
  }
  expect(await people.release(first, bundleNames[0] ?? '', {})).toBe(true);
}, 400_000);

function portsOf(): readonly number[] {
  return servers.running().map(({ deviceUrl }) => Number(new URL(deviceUrl).port));
}

async function contentsOf(made: readonly MadeBundle[]): Promise<ReadonlyMap<string, Buffer>> {
  const files = await Promise.all(made.map((bundle) => readFile(bundle.path)));
  return new Map(files.map((content, index) => [bundleNames[index] ?? '', content]));
}

it('goes through all faults, and no server ends by itself', async () => {
  const living = Promise.all(boards.map((board) => board.run()));
  const working = Promise.all([living, ...[people, ...readers].map((busy) => busy.run())]);
  working.catch(() => undefined); // awaited below
  try {
    const untilMs = performance.now() + chaosMs;
    if (onlyFaults === undefined) await faults.each();
    else for (const name of onlyFaults) await faults.make(name);
    await faults.any(onlyFaults ?? faultNames, untilMs);
    await delay(calmMs); // what waited for a frozen server is through
    expect(servers.slots.map(({ server }) => server.process.exitCode)).toEqual([null, null, null]);
    for (const board of boards) board.finish();
    await living;
  } finally {
    ending.abort();
    for (const board of boards) board.wake();
  }
  await working;
  expect([...faults.counts.keys()].sort()).toEqual([...(onlyFaults ?? faultNames)].sort());
  expect(witness.strange).toEqual([]);
  expect(Math.min(witness.doublePolls, witness.reports.length, people.releases)).toBeGreaterThan(5);
});

it('saved nothing in the name of a leader that had been replaced', async () => {
  expect(await rows('SELECT * FROM usurped')).toEqual([]);
});

it('exceeded no limit of a release', async () => {
  expect(await rows('SELECT * FROM excess')).toEqual([]);
});

it('offered only what was released, and no device two bundles for one question', async () => {
  const { unreleased, contradictions } = witness;
  expect({ unreleased, contradictions }).toEqual({ unreleased: [], contradictions: [] });
  expect(await rows('SELECT * FROM doubles')).toEqual([]);
  expect(await rows('SELECT * FROM unreleased')).toEqual([]);
});

it('lost no report that was acknowledged', async () => {
  const found = (await rows(
    'SELECT device, transaction_id, state, installed_at, message FROM installations WHERE transaction_id IS NOT NULL',
  )) as readonly {
    readonly device: string;
    readonly transaction_id: string;
    readonly state: string;
    readonly installed_at: string | null;
    readonly message: string | null;
  }[];
  const kept = new Map(found.map((row) => [`${row.device} ${row.transaction_id}`, row]));
  const lost = witness.reports.filter(({ device, transactionId, state, message }) => {
    const row = kept.get(`${device} ${transactionId}`);
    if (state === 'failed') return row?.state !== 'failed' || row.message !== message;
    return row?.installed_at == null;
  });
  expect(lost).toEqual([]);
});

it('knows of each device the version that it told last', async () => {
  const known = await rows('SELECT id, system_version AS told FROM devices ORDER BY id COLLATE "C"');
  const told = boards.map((board) => ({ id: board.id, told: board.told }));
  expect(known).toEqual(told.sort((a, b) => (a.id < b.id ? -1 : 1)));
  expect(await rows('SELECT id FROM devices WHERE second_board_at IS NOT NULL')).toEqual([]);
});

it('moved rollouts step by step, and each step once', async () => {
  const lines = (await rows(rolloutLinesSql)) as readonly RolloutLine[];
  expect(brokenMoves(lines)).toEqual([]);
  expect([...people.promoted].filter(([, count]) => count > 1)).toEqual([]);
  expect(lines.filter(({ kind }) => kind === 'rollout.promoted').length).toBeGreaterThan(0);
});

it('served only the bytes of the bundles', () => {
  expect(witness.wrongBytes).toEqual([]);
  expect(witness.ranges).toBeGreaterThan(20);
});

it('agrees on all servers about releases and devices, and has counted right', async () => {
  const answers = async (where: string) => {
    const got = await Promise.all(servers.running().map(({ adminUrl }) => fetch(adminUrl + where)));
    return new Set(await Promise.all(got.map((answer) => answer.text())));
  };
  for (const where of ['/api/releases', '/api/devices?limit=100'])
    await eventually(async () => (await answers(where)).size === 1);
  expect(await rows(outcomesSql.counted)).toEqual(await rows(outcomesSql.recounted));
});

it('sent each event to each reader once, in order', async () => {
  const written = idsOf(await rows('SELECT id FROM events ORDER BY id'));
  const last = written.at(-1) ?? 0;
  for (const reader of readers)
    await eventually(async () => {
      await reader.read(({ events, isOver }) => isOver || (events.at(-1)?.id ?? reader.lastId) >= last);
      return reader.lastId >= last;
    });
  const wrong = readers.map(({ ids }) => {
    const read = new Set(ids);
    return {
      missing: written.filter((id) => !read.has(id)),
      outOfOrder: ids.filter((id, index) => id <= (ids[index - 1] ?? 0)), // also what came twice
    };
  });
  expect(wrong).toEqual(readers.map(() => ({ missing: [], outOfOrder: [] })));
});

it('delivered each event to the webhook, under one id', async () => {
  const isWanted = webhookKinds.map((kind) => `starts_with(kind, '${kind}')`).join(' OR ');
  const wanted = idsOf(
    await rows(
      `SELECT id FROM events WHERE (${isWanted}) AND id > (SELECT id FROM events WHERE kind = 'webhook.created') ORDER BY id`,
    ),
  );
  const missing = () => wanted.filter((id) => !receiver.accepted.has(String(id)));
  await eventually(() => missing().length === 0).catch(() => undefined);
  expect({ missing: missing(), strange: receiver.strange }).toEqual({ missing: [], strange: [] });
  if (isLong) process.stderr.write(`${JSON.stringify(await figures())}\n`);
});

async function figures(): Promise<object> {
  const [counted] = (await rows('SELECT count(*) AS installations FROM installations')) as readonly object[];
  return {
    devices: boards.length,
    ...Object.fromEntries(faults.counts),
    polls: witness.polls,
    doublePolls: witness.doublePolls,
    unanswered: witness.unanswered,
    ...counted,
    reports: witness.reports.length,
    longestPauseMs: Math.round(witness.longestPauseMs),
    ranges: witness.ranges,
    mebibytes: Math.round(witness.bytes / (1 << 20)),
    releases: people.releases,
    steps: people.promoted.size,
    refusedRequests: people.refused,
    unansweredRequests: people.unanswered,
    events: readers[0]?.ids.length,
    deliveries: receiver.accepted.size,
    repeatedDeliveries: receiver.repeats,
  };
}
