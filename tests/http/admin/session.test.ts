import { openTokens } from '../../support/test-database';
import type { TokenScope } from '../../../src/services/access/manage-tokens';
import { eventually } from '../../support/eventually';
import { SseReader } from '../../support/sse-reader';
import { type AdminListener, openAdminListener } from './admin-listener';

const startsAt = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;
let aheadMs: number;
let admin: AdminListener;
const now = () => new Date(startsAt + aheadMs);
const open = (requireToken = true, dataDir?: string) =>
  openAdminListener({ admin: { requireToken, now }, now, ...(dataDir === undefined ? {} : { dataDir }) });

beforeEach(async () => {
  aheadMs = 0;
  admin = await open();
});
afterEach(() => admin.close());

const makeToken = async (name: string, scope: TokenScope = 'admin') =>
  (await admin.opened.services.manageTokens.create({ name, scope, actor: 'local' })).secret;
const fromPage = () => ({ Origin: admin.url, 'Sec-Fetch-Site': 'same-origin' });
const setCookie = (answer: { headers: unknown }) =>
  (answer.headers as { 'set-cookie'?: string[] })['set-cookie']?.[0] ?? '';

async function signIn(token: string, headers: object = fromPage()): Promise<string> {
  const answer = await admin.http
    .post('/api/session')
    .set({ ...headers })
    .send({ token })
    .expect(200);
  return setCookie(answer).split(';')[0] ?? '';
}
const session = async (headers: object = {}) =>
  (
    await admin.http
      .get('/api/session')
      .set({ ...headers })
      .expect(200)
  ).body as object;
const signedOut = {
  signed_in: false,
  token_required: true,
  token_exists: true,
  name: null,
  scopes: [],
  version: '9.8.7',
  command: 'rauc-simple-server',
};

describe('how the command line is called', () => {
  it.each([
    ['npx rauc-simple-server', true, true],
    ['node /srv/updates/bin/rauc-simple-server.js', true, false],
  ])('%s is told here before one signs in: %s, and elsewhere: %s', async (command, here, elsewhere) => {
    const other = await openAdminListener({ admin: { command, requireToken: true } });
    const told = async (headers: object) => {
      const answer = await other.http
        .get('/api/session')
        .set({ ...headers })
        .expect(200);
      return (answer.body as { command: string | null }).command;
    };
    expect(await told({})).toBe(here ? command : null);
    expect(await told({ 'X-Forwarded-For': '192.0.2.1' })).toBe(elsewhere ? command : null);
    await other.close();
  });
});

describe('a browser', () => {
  it('signs in with a token, and is told what it may do', async () => {
    expect(await session()).toEqual({ ...signedOut, token_exists: false });
    const answer = await admin.http
      .post('/api/session')
      .set(fromPage())
      .send({ token: await makeToken('ann', 'publish') })
      .expect(200);
    const expected = {
      signed_in: true,
      token_required: true,
      token_exists: true,
      name: 'ann',
      scopes: ['read', 'publish'],
      version: '9.8.7',
      command: 'rauc-simple-server',
    };
    expect(answer.body).toEqual(expected);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(setCookie(answer)).toMatch(
      /^rauc_session_[0-9a-f]{8}=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/,
    );
    const Cookie = `theme=dark; ${setCookie(answer).split(';')[0] ?? ''}; other=1`;
    expect(await session({ Cookie })).toEqual(expected);
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
  });

  it('keeps its cookie on TLS where it came over TLS', async () => {
    await admin.close();
    admin = await openAdminListener({
      admin: { requireToken: true, adminHosts: ['updates.example.com'] },
    });
    const answer = await admin.http
      .post('/api/session')
      .set({ Origin: 'https://updates.example.com' })
      .send({ token: await makeToken('ann') })
      .expect(200);
    expect(setCookie(answer)).toMatch(/; Secure$/);
  });

  it('has a cookie beside it, over TLS, that no other host can plant', async () => {
    await admin.close();
    admin = await openAdminListener({
      admin: { requireToken: true, adminHosts: ['updates.example.com'] },
    });
    const answer = await admin.http
      .post('/api/session')
      .set({ Origin: 'https://updates.example.com' })
      .send({ token: await makeToken('ann') })
      .expect(200);
    const cookies = (answer.headers as unknown as { 'set-cookie': string[] })['set-cookie'];
    const [plain = '', host = ''] = cookies.map((cookie) => cookie.split(';')[0] ?? '');
    expect(cookies[1]).toMatch(
      /^__Host-rauc_session_[0-9a-f]{8}=[^;]+; HttpOnly; SameSite=Strict; Path=\/; .*Secure$/,
    );
    for (const Cookie of [plain, host, `${plain.replace(/=.*/, '=planted')}; ${host}`])
      expect(await session({ Cookie })).toMatchObject({ signed_in: true, name: 'ann' });
  });

  it('stays signed in whatever cookies of the same name others planted', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const [name = ''] = Cookie.split('=');
    const planted = Array.from({ length: 179 }, (_, at) => `${name}=${String(at).padStart(43, 'A')}`);
    for (const sent of [
      [...planted, Cookie],
      [Cookie, ...planted],
      [`${name}=`, Cookie],
      [name, `${name}=x;`, Cookie],
      [`__Host-${name}=x`, Cookie],
    ]) {
      const answer = await admin.http
        .get('/api/session')
        .set({ Cookie: sent.join('; ') })
        .expect(200);
      expect(answer.body).toMatchObject({ signed_in: true, name: 'ann' });
      expect(setCookie(answer)).toBe('');
    }
    const others = planted.join('; ');
    expect(await session({ Cookie: others })).toMatchObject({ signed_in: false });
  });

  it('looks at a bounded number of cookies', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const [name = ''] = Cookie.split('=');
    const planted = Array.from({ length: 210 }, (_, at) => `${name}=${String(at).padStart(43, 'A')}`);
    expect(await session({ Cookie: [...planted, Cookie].join('; ') })).toMatchObject({ signed_in: false });
  });

  it('stays signed in to a server when it signs in to another on the same host, and out there', async () => {
    const here = await signIn(await makeToken('ann'));
    const other = await open();
    try {
      const { secret } = await other.opened.services.manageTokens.create({
        name: 'bob',
        scope: 'admin',
        actor: 'local',
      });
      const page = { Origin: other.url, 'Sec-Fetch-Site': 'same-origin', Cookie: here };
      const answer = await other.http.post('/api/session').set(page).send({ token: secret }).expect(200);
      const there = setCookie(answer).split(';')[0] ?? '';
      expect(there.split('=')[0]).not.toBe(here.split('=')[0]);
      const Cookie = `${here}; ${there}`;
      expect(await session({ Cookie })).toMatchObject({ name: 'ann' });
      const out = await other.http
        .delete('/api/session')
        .set({ ...page, Cookie })
        .expect(200);
      expect(out.headers['set-cookie']?.toString()).not.toContain(here.split('=')[0]);
      expect(await session({ Cookie })).toMatchObject({ name: 'ann' });
    } finally {
      await other.close();
    }
  });

  it('stays signed in with a cookie of the version before', async () => {
    const id = (await signIn(await makeToken('ann'))).split('=')[1];
    expect(await session({ Cookie: `rauc_session=${id}` })).toMatchObject({ signed_in: true, name: 'ann' });
  });

  it('has a line in the journal when it signs in and out, and none when it was not signed in', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    for (const sent of [Cookie, Cookie, 'rauc_session=x'])
      await admin.http
        .delete('/api/session')
        .set({ ...fromPage(), Cookie: sent })
        .expect(200);
    const events = (await admin.opened.services.readJournal.after(0, 9)).filter(
      ({ kind }) => !kind.startsWith('token.'),
    );
    expect(events.map(({ kind, actor }) => [kind, actor.name, actor.address])).toEqual([
      ['session.begun', 'token:ann', '127.0.0.1'],
      ['session.ended', 'token:ann', '127.0.0.1'],
    ]);
  });

  it('signs out of every session that it has a cookie of', async () => {
    const first = await signIn(await makeToken('ann'));
    const second = await signIn(await makeToken('bob'));
    await admin.http
      .delete('/api/session')
      .set({ ...fromPage(), Cookie: `${first}; ${second}` })
      .expect(200);
    for (const Cookie of [first, second])
      expect(await session({ Cookie })).toMatchObject({ signed_in: false });
  });

  it('can do what its token can, and no more', async () => {
    const Cookie = await signIn(await makeToken('ann', 'read'));
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
    await admin.http
      .get('/api/tokens')
      .set({ ...fromPage(), Cookie })
      .expect(403);
    await admin.http
      .post('/delete/a.raucb')
      .set({ ...fromPage(), Cookie })
      .expect(403);
  });

  it('is in the journal under the name of its token', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const made = await admin.http
      .post('/api/devices')
      .set({ ...fromPage(), Cookie })
      .send({ id: 'a' })
      .expect(201);
    expect(made.body).toMatchObject({ id: 'a' });
    const { events } = (await admin.http.get('/api/events?kind=device.').set({ Cookie })).body as {
      events: object[];
    };
    expect(events).toEqual([expect.objectContaining({ actor: 'token:ann' })]);
  });

  it('is refused with a wrong token, and slowed down when it keeps guessing', async () => {
    const guess = () =>
      admin.http
        .post('/api/session')
        .set(fromPage())
        .send({ token: `rss_${'A'.repeat(43)}` });
    for (let tries = 0; tries < 10; tries += 1) {
      const answer = await guess().expect(401);
      expect(setCookie(answer)).toBe('');
    }
    await guess().expect(429);
    await signIn(await makeToken('ann'));
  });

  it.each([{}, { token: '' }, { token: 'x'.repeat(257) }, { token: 1 }, { token: 'x', more: 1 }])(
    'is refused with %j',
    async (body) => {
      await admin.http.post('/api/session').set(fromPage()).send(body).expect(400);
    },
  );

  it('signs out: the session is over, also for who kept the cookie', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const answer = await admin.http
      .delete('/api/session')
      .set({ ...fromPage(), Cookie })
      .expect(200);
    expect(answer.body).toEqual(signedOut);
    expect(setCookie(answer)).toMatch(/^rauc_session_[0-9a-f]{8}=; .*Max-Age=0$/);
    await admin.http.get('/api/bundles').set({ Cookie }).expect(401);
  });

  it('needs no token for the page', async () => {
    await admin.http.get('/').expect(200);
    await admin.http.get('/devices').expect(200);
  });
});

describe('a session', () => {
  it('outlives the server, of which the database has no cookie', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const { dataDir } = admin.opened;
    await admin.close();
    admin = await open(true, dataDir);
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
  });

  it('ends after twelve hours, used or not, and its cookie is cleared', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    aheadMs = 12 * hourMs - 1;
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
    aheadMs = 12 * hourMs;
    const answer = await admin.http.get('/api/bundles').set({ Cookie }).expect(401);
    expect(setCookie(answer)).toMatch(/^rauc_session_[0-9a-f]{8}=; .*Max-Age=0$/);
    expect(await session({ Cookie })).toEqual(signedOut);
  });

  it('ends with its token, also when another program revokes that', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const store = await openTokens(admin.opened.dataDir);
    await store.tokens.revoke('ann', now(), 'cli:root', []);
    await store.close();
    await admin.http.get('/api/bundles').set({ Cookie }).expect(401);
  });

  it('ends the stream of events with its token', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    const reader = await SseReader.open(`${admin.url}/api/events`, undefined, { Cookie });
    expect(reader.status).toBe(200);
    await admin.opened.services.manageTokens.revoke({ name: 'ann', actor: 'local' });
    await eventually(() => reader.isOver);
  });

  it('of a token makes room for the twenty-first', async () => {
    const token = await makeToken('ann');
    const other = await signIn(await makeToken('bob'));
    const cookies: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      aheadMs += 1_000;
      cookies.push(await signIn(token));
    }
    const statuses = [];
    for (const Cookie of [other, ...cookies]) {
      statuses.push((await admin.http.get('/api/bundles').set({ Cookie })).status);
    }
    expect(statuses).toEqual([200, 401, ...Array.from({ length: 20 }, () => 200)]);
  });

  it('is good although the clock was set back below twenty others', async () => {
    const token = await makeToken('ann');
    for (let count = 0; count < 20; count += 1) await signIn(token);
    aheadMs -= 6 * hourMs;
    const Cookie = await signIn(token);
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
  });

  it('counts for nothing beside a token', async () => {
    const Cookie = await signIn(await makeToken('ann', 'admin'));
    const weak = { Authorization: `Bearer ${await makeToken('ci', 'read')}` };
    expect(await session({ Cookie, ...weak })).toMatchObject({ name: 'ci', scopes: ['read'] });
    await admin.http
      .get('/api/tokens')
      .set({ Cookie, ...weak })
      .expect(403);
    await admin.http.get('/api/bundles').set({ Cookie, Authorization: 'Bearer rss_wrong' }).expect(401);
  });

  it.each(['rauc_session=', 'rauc_session=x', `rauc_session=${'A'.repeat(43)}`, 'rauc_session'])(
    'is not made up: %s',
    async (Cookie) => {
      await admin.http.get('/api/bundles').set({ Cookie }).expect(401);
    },
  );

  it('is never logged', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
    expect(JSON.stringify(admin.requests)).toContain('token:ann');
    expect(JSON.stringify(admin.requests)).not.toContain(Cookie.split('=')[1]);
  });
});

describe('a page elsewhere', () => {
  const foreign = [
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' },
    { Referer: 'http://evil.example/' },
    { 'Sec-Fetch-Site': 'cross-site' },
    {}, // it says nothing of where it comes from
  ];

  it.each(foreign)('can change nothing with the cookie of a browser, sent with %j', async (headers) => {
    const Cookie = await signIn(await makeToken('ann'));
    const { body: document } = (await admin.http.get('/api/openapi.json').set({ Cookie })) as {
      body: { paths: Record<string, Record<string, { security: object[] }>> };
    };
    const changes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, { security }]) => method !== 'get' && security.length > 0)
        .map(
          ([method]) => [method as 'post' | 'patch' | 'delete', path.replaceAll(/\{\w+\}/g, 'a')] as const,
        ),
    );
    expect(changes.length).toBeGreaterThan(20);
    for (const [method, path] of changes) {
      const answer = await admin.http[method](path).set({ ...headers, Cookie });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  });

  it.each(foreign.slice(0, -1))('can sign nobody in or out with %j', async (headers) => {
    const token = await makeToken('ann');
    const Cookie = await signIn(token);
    await admin.http
      .post('/api/session')
      .set({ ...headers })
      .send({ token })
      .expect(403);
    await admin.http
      .delete('/api/session')
      .set({ ...headers, Cookie })
      .expect(403);
    await admin.http.get('/api/bundles').set({ Cookie }).expect(200);
  });

  it('is not what an old browser, or one without TLS, shows', async () => {
    const Cookie = await signIn(await makeToken('ann'));
    for (const headers of [{ Origin: admin.url }, { Referer: `${admin.url}/devices` }]) {
      await admin.http
        .post('/deactivate/acme')
        .set({ ...headers, Cookie })
        .expect(404);
    }
  });
});

describe('where no token is needed', () => {
  beforeEach(async () => {
    await admin.close();
    admin = await open(false);
  });

  it('everybody is local, also with a cookie of nobody', async () => {
    const local = {
      signed_in: true,
      token_required: false,
      token_exists: false,
      name: 'local',
      scopes: ['read', 'publish', 'admin'],
    };
    expect(await session()).toMatchObject(local);
    expect(await session({ Cookie: `rauc_session=${'A'.repeat(43)}` })).toMatchObject(local);
    await admin.http
      .post('/deactivate/acme')
      .set({ ...fromPage(), Cookie: 'rauc_session=x' })
      .expect(404);
  });

  it('who signs in is who the token says', async () => {
    const Cookie = await signIn(await makeToken('ann', 'read'));
    expect(await session({ Cookie })).toMatchObject({ name: 'ann', scopes: ['read'] });
    expect(await session({ Authorization: 'Bearer rss_wrong' })).toMatchObject({ signed_in: false });
  });
});
