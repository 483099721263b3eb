import path from 'node:path';
import Sqlite from 'libsql';
import { type AdminListener, openAdminListener } from './admin-listener';

/** Tables that grow with the fleet or with time. */
const largeTables = [
  'events',
  'installations',
  'activations',
  'devices',
  'device_labels',
  'device_certificates',
  'release_outcomes',
  'installation_logs',
  'webhook_deliveries',
];

/** What goes over a whole table, and why it may. */
const allowed = [
  // Counted at most once in a time that grows with the fleet, by an index that has all of it.
  'SCAN devices USING COVERING INDEX devices_by_kind',
  'SCAN device_labels',
  // The count of a whole index: no row is looked at.
  /^SCAN devices USING COVERING INDEX/,
  // A page in the order of an index, which ends with the page.
  /^SCAN devices USING INDEX/,
  // What waits alone: at most 1,000 for each of at most 50 webhooks.
  'SCAN webhook_deliveries USING INDEX deliveries_due',
];

const questions = [
  ...['', 'kind=device.', 'kind=device.,token.created&actor=local', 'device=a', 'device=a&kind=rollout.'].map(
    (query) => `/api/events?${query}`,
  ),
  ...['people=true', 'people=true&kind=device.', 'people=true&device=a', 'people=true&release=1'].map(
    (query) => `/api/events?${query}`,
  ),
  ...['actor=local', 'actor=device:a', 'actor=server', 'release=1', 'bundle=x.raucb', 'installation=5'].map(
    (query) => `/api/events?${query}`,
  ),
  ...[
    'compatible=board&channel=beta',
    'since=2026-01-01T00:00:00Z',
    'until=2026-01-01T00:00:00Z&kind=webhook.replayed',
  ].map((query) => `/api/events?${query}&before=9000&after=3`),
  ...[
    '',
    'device=a',
    'state=failed',
    'bundle=x',
    'bundle=x&state=failed',
    'release=1',
    'release=1&state=failed',
  ].map((query) => `/api/installations?${query}`),
  ...['', 'compatible=board', 'channel=beta', 'compatible=board&channel=beta', 'before=7'].map(
    (query) => `/api/history?${query}`,
  ),
  ...[
    '',
    'search=a',
    'search=a&compatible=board',
    'compatible=board&version=1',
    'version=1',
    'label=lab',
  ].map((query) => `/api/devices?${query}`),
  ...[
    'held=true',
    'held=false',
    'pinned=true',
    'waiting=true',
    'second_board=true',
    'other_compatible=true',
  ].map((query) => `/api/devices?${query}`),
  ...['last_contact_before=7d', 'last_contact_before=7d&search=a&held=false'].map(
    (query) => `/api/devices?${query}`,
  ),
  ...['', 'search=a', 'label=lab', 'last_contact_before=7d', 'compatible=board&held=true'].map(
    (query) => `/api/devices.csv?${query}`,
  ),
  ...['silent_poller=true', 'state=failed', 'state=none', 'release=1', 'label=lab&search=a&held=false'].map(
    (query) => `/api/devices?${query}`,
  ),
  ...['last_contact', 'version', 'state'].map((sort) => `/api/devices?sort=${sort}&order=desc`),
  '/api/overview',
  '/api/labels',
  '/api/fleet',
  '/api/fleet/history?hours=24',
  '/metrics',
  '/api/releases',
  '/api/bundles',
  '/api/certificates?search=a',
  '/api/tokens',
  '/api/webhooks',
  ...['', 'before=7', 'state=gave-up', 'state=waiting&before=7'].map(
    (query) => `/api/webhooks/ops/deliveries?${query}`,
  ),
];

const person = { name: 'local', address: null };

describe('what the admin API asks the database', () => {
  let admin: AdminListener;
  const asked = new Set<string>();
  const prepare = jest.spyOn(Sqlite.prototype, 'prepare');

  beforeAll(async () => {
    admin = await openAdminListener();
    for (const id of ['a', 'b']) await admin.services.manageDevices.create(id, { labels: ['lab'] }, person);
    await admin.services.manageWebhooks.create(
      { name: 'ops', url: 'http://127.0.0.1:9/hook', kinds: [] },
      person,
    );
  });
  afterAll(async () => {
    prepare.mockRestore();
    await admin.close();
  });

  it.each(questions)('%s goes over no table that grows', async (question) => {
    const before = prepare.mock.calls.length;
    const { status } = await admin.http.get(question);
    expect(status).toBe(200);
    // What was asked before stays prepared, and was looked at there.
    const added = prepare.mock.calls.slice(before).map(([sql]) => sql);
    for (const sql of added) asked.add(sql);
    expect(scansOf(added)).toEqual([]);
  });

  it('is seen here', () => {
    expect(scansOf(['SELECT * FROM events WHERE message = ?'])).toEqual(['SCAN events']);
    expect(asked.size).toBeGreaterThan(40);
  });

  /** The steps of plans that go over a whole table and may not. */
  function scansOf(statements: readonly string[]): readonly string[] {
    const sqlite = new Sqlite(path.join(admin.opened.dataDir, 'server.db'));
    const steps = statements
      .filter((sql) => /^\s*(select|with)/i.test(sql))
      .flatMap((sql) => sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all([]) as { detail: string }[])
      .map(({ detail }) => detail);
    sqlite.close();
    const isScan = (step: string) => largeTables.some((table) => new RegExp(`^SCAN ${table}\\b`).test(step));
    const mayBe = (step: string) =>
      allowed.some((one) => (typeof one === 'string' ? one === step : one.test(step)));
    return steps.filter((step) => isScan(step) && !mayBe(step));
  }
});
