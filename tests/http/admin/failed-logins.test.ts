import { Registry } from 'prom-client';
import { FailureLimiter } from '../../../src/http/failure-limiter';
import { type AdminListener, openAdminListener } from './admin-listener';

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });
const startMs = Date.UTC(2026, 0, 1);

describe('somebody who guesses tokens', () => {
  let admin: AdminListener;
  let now: Date;
  let secret: string;
  let metrics: Registry;
  const after = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000));
  beforeEach(async () => {
    now = new Date(startMs);
    metrics = new Registry();
    admin = await openAdminListener({
      admin: { requireToken: true, now: () => now, trustedProxies: ['127.0.0.1'], metrics },
    });
    const made = { name: 'ann', scope: 'admin', actor: 'local' } as const;
    ({ secret } = await admin.opened.services.manageTokens.create(made));
  });
  afterEach(() => admin.close());

  const guess = (client: string) =>
    admin.http.get('/api/bundles').set(bearer('rss_guess')).set('X-Forwarded-For', client);
  const lines = (client?: string) =>
    admin.requests.filter(
      ({ facts }) => facts['status'] !== undefined && (client === undefined || facts['address'] === client),
    );
  const folded = () =>
    admin.requests.map(({ facts }) => facts).filter(({ leftOut }) => leftOut !== undefined);

  it('writes a bounded number of lines, and one with a count for the rest', async () => {
    for (let tries = 0; tries < 200; tries += 1) await guess('192.0.2.1');
    expect(lines('192.0.2.1')).toHaveLength(30);
    expect(folded()).toEqual([]);
    after(60);
    await admin.http.get('/health').expect(200);
    expect(folded()).toEqual([
      {
        address: '192.0.2.1',
        leftOut: 170,
        firstAt: '2026-01-01T00:00:00.000Z',
        lastAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
    after(60);
    await admin.http.get('/health').expect(200);
    expect(folded()).toHaveLength(1);
  });

  it('writes a bounded number of lines from any number of addresses, and a bounded number that count the rest', async () => {
    for (let tries = 0; tries < 400; tries += 1) await guess(`10.0.${tries >> 8}.${tries & 255}`);
    expect(lines()).toHaveLength(300);
    after(61);
    await admin.http.get('/health').expect(200);
    expect(folded()).toHaveLength(21);
    expect(folded().reduce((sum, { leftOut }) => sum + Number(leftOut), 0)).toBe(100);
  });

  it('is counted by the whole network where one has it whole (IPv6)', async () => {
    for (let tries = 0; tries < 10; tries += 1) await guess(`2001:db8:0:1::${tries}`).expect(401);
    const answer = await guess('2001:db8:0:1:ffff::1').expect(429);
    expect(Number(answer.headers['retry-after'])).toBe(60);
    await guess('2001:db8:0:2::1').expect(401);
  });

  it('does not lock out who has the right token, from elsewhere or behind the same proxy, by header or in the browser', async () => {
    for (let tries = 0; tries < 50; tries += 1) await guess('192.0.2.1');
    for (const client of ['192.0.2.1', '198.51.100.7']) {
      const as = () => ({ ...bearer(secret), 'X-Forwarded-For': client });
      await admin.http.get('/api/bundles').set(as()).expect(200);
      const signedIn = await admin.http
        .post('/api/session')
        .set('X-Forwarded-For', client)
        .send({ token: secret });
      expect(signedIn.status).toBe(200);
    }
    // Who mistypes it behind the same proxy is told how long to wait, and that the right one is taken.
    const mistyped = await admin.http
      .post('/api/session')
      .set('X-Forwarded-For', '192.0.2.1')
      .send({ token: 'rss_typo' })
      .expect(429);
    expect(mistyped.headers['retry-after']).toBe('60');
    expect(mistyped.body).toMatchObject({ code: 'too-many-requests', retry_after_seconds: 60 });
    await guess('198.51.100.7').expect(401);
  });

  it('does not hide what others do: every request of somebody who signed in is a line', async () => {
    for (let tries = 0; tries < 50; tries += 1) await guess('192.0.2.1');
    for (let times = 0; times < 40; times += 1)
      await admin.http
        .get('/api/bundles')
        .set(bearer(secret))
        .set('X-Forwarded-For', '192.0.2.1')
        .expect(200);
    expect(lines('192.0.2.1').filter(({ facts }) => facts['actor'] === 'token:ann')).toHaveLength(40);
  });

  it('is counted in the metrics', async () => {
    for (let tries = 0; tries < 13; tries += 1) await guess('192.0.2.1');
    const text = await metrics.metrics();
    expect(text).toContain('rauc_admin_wrong_tokens_total{answer="refused"} 10');
    expect(text).toContain('rauc_admin_wrong_tokens_total{answer="slowed"} 3');
  });
});

it('remembers a bounded number of addresses that guessed', () => {
  const limiter = new FailureLimiter(() => new Date(startMs));
  for (let tries = 0; tries < 11; tries += 1) limiter.fail('192.0.2.1');
  expect(limiter.fail('192.0.2.1')).toBe(60);
  for (let i = 0; i < 10_000; i += 1) limiter.fail(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  expect(limiter.fail('192.0.2.1')).toBe(0);
});
