import path from 'node:path';
import Sqlite from 'libsql';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';
import { type OpenedServices, openServices } from '../../../support/services';

const now = new Date('2026-11-02T12:00:00.000Z');
const next = '2026-11-02T12:10:00.000Z';
const since = '2026-11-02T11:00:00.000Z';
const events = [
  'device.held',
  'token.created',
  'webhook.changed',
  'device.held',
  'device.booted',
  'token.revoked',
];

let opened: OpenedServices;
/** Which event each webhook was sent, in this order. */
let sent: Map<string, string[]>;
let at: Date;

beforeEach(async () => {
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, 'CREATE TABLE webhook_deliveries');
  for (const kind of events)
    sqlite.exec(`INSERT INTO events (at, kind, actor, message) VALUES ('${since}', '${kind}', 'server', '')`);
  const add = (name: string, kinds: string, cursor: number, attempts: number) =>
    sqlite.exec(
      `INSERT INTO webhooks (name, url, kinds, secret, is_enabled, created_at, created_by, cursor, attempts, next_attempt_at,
         failing_since, last_error)
       VALUES ('${name}', 'https://${name}.test/', '${kinds}', 'secret', ${name === 'off' ? 0 : 1}, '${since}', 'ann',
         ${cursor}, ${attempts}, ${attempts === 0 ? 'NULL, NULL, NULL' : `'${next}', '${since}', 'it is down'`})`,
    );
  add('failing', '["device.","token.revoked"]', 1, 3);
  add('all', '[]', 2, 9);
  add('fine', '["token.created","device.booted"]', 1, 0);
  add('off', '[]', 1, 0);
  sqlite.close();

  sent = new Map();
  at = now;
  opened = await openServices({
    dataDir,
    now: () => at,
    change: () => ({
      deliver: ({ name }, _secret, { id }) => {
        sent.set(name, [...(sent.get(name) ?? []), id]);
        return Promise.resolve(null);
      },
    }),
  });
});
afterEach(() => opened.close());

const run = async () => (await opened.services.sendWebhooks.begin()).ended;

it('webhooks of an earlier schema keep their order, and what they have tried in vain', async () => {
  expect(await opened.services.manageWebhooks.list()).toMatchObject([
    { name: 'all', inOrder: true, attempts: 9, lastError: 'it is down', cursor: 4 },
    {
      name: 'failing',
      inOrder: true,
      waiting: 1,
      failing: 1,
      attempts: 3,
      nextAttemptAt: new Date(next),
      failingSince: new Date(since),
      cursor: 4,
    },
    { name: 'fine', inOrder: true, waiting: 0, attempts: 0, failingSince: null, cursor: 1 },
    { name: 'off', isEnabled: false, waiting: 0, cursor: 1 },
  ]);
});

it('webhooks of an earlier schema get each event that was not delivered yet, once and in order', async () => {
  await run();
  expect([...sent]).toEqual([['fine', ['2', '5']]]); // the others wait for their next attempt
  at = new Date(next);
  await run();
  await run();
  expect(Object.fromEntries(sent)).toEqual({
    fine: ['2', '5'],
    failing: ['4', '5', '6'],
    all: ['4', '5', '6'],
  });
});
