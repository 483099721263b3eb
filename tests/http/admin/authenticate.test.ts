import { connect } from 'node:net';
import type { TokenScope } from '../../../src/services/access/manage-tokens';
import { makeBundle } from '../../support/bundle-factory';
import { type AdminListener, eventually, nothingStored, openAdminListener } from './admin-listener';

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

describe('the admin listener bound off loopback', () => {
  let admin: AdminListener;
  let now: Date;
  const secrets = {} as Record<TokenScope, string>;
  beforeEach(async () => {
    now = new Date(Date.UTC(2026, 0, 1));
    admin = await openAdminListener({ admin: { requireToken: true, now: () => now } });
    for (const scope of ['read', 'publish', 'admin'] as const) {
      const made = { name: `ci-${scope}`, scope, actor: 'local' };
      secrets[scope] = (await admin.opened.services.manageTokens.create(made)).secret;
    }
  });
  afterEach(() => admin.close());

  it.each([
    '/api/bundles',
    '/api/bundles/a.raucb',
    '/api/bundles/a.raucb/content',
    '/api/manifest',
    '/api/manifests',
    '/api/history',
    '/api/tokens',
    '/api/openapi.json',
    '/metrics',
  ])('refuses to show %s without a token', async (path) => {
    const answer = await admin.http.get(path).expect(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  it.each([
    '/upload',
    '/activate/a.raucb',
    '/activate/acme/a.raucb',
    '/deactivate/acme',
    '/delete/a.raucb',
    '/api/tokens',
  ])('refuses to change anything at %s without a token', async (path) => {
    await admin.http.post(path).expect(401);
  });

  it('shows its health and its page to everybody', async () => {
    await admin.http.get('/health').expect(200);
    await admin.http.get('/').expect(200);
  });

  it.each([
    ['an unknown token', bearer(`rss_${'A'.repeat(43)}`)],
    ['a token cut short', bearer('rss_A')],
    ['an empty token', { Authorization: 'Bearer ' }],
    ['another scheme', { Authorization: 'Basic cm9vdDpyb290' }],
    ['an endless token', bearer('A'.repeat(8000))],
  ])('refuses %s', async (_what, headers) => {
    await admin.http.get('/api/bundles').set(headers).expect(401);
  });

  it('refuses a revoked token at once', async () => {
    await admin.http.get('/api/bundles').set(bearer(secrets.read)).expect(200);
    await admin.opened.services.manageTokens.revoke({ name: 'ci-read', actor: 'local' });
    await admin.http.get('/api/bundles').set(bearer(secrets.read)).expect(401);
  });

  it('refuses an upload with a token for reading, before and without its bytes', async () => {
    const { path } = await makeBundle();
    const answer = await admin.http
      .post('/upload')
      .set(bearer(secrets.read))
      .attach('bundle', path, 'a.raucb')
      .expect(403);
    expect(answer.body).toMatchObject({ code: 'forbidden' });
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it.each([
    ['publish', 'get', '/api/tokens'],
    ['publish', 'post', '/api/tokens'],
    ['publish', 'delete', '/api/tokens/ci-read'],
    ['read', 'post', '/activate/a.raucb'],
    ['read', 'post', '/activate/acme/a.raucb'],
    ['read', 'post', '/deactivate/acme'],
    ['read', 'post', '/delete/a.raucb'],
  ] as const)('refuses a token with the scope %s for %s %s', async (scope, method, path) => {
    await admin.http[method](path).set(bearer(secrets[scope])).expect(403);
  });

  it('takes stronger scopes for weaker needs, and names the token as the actor', async () => {
    const { path } = await makeBundle();
    await admin.http.get('/api/bundles').set(bearer(secrets.admin)).expect(200);
    await admin.http.get('/metrics').set(bearer(secrets.publish)).expect(200);
    const answer = await admin.http
      .post('/upload')
      .set(bearer(secrets.publish))
      .attach('bundle', path, 'a.raucb')
      .expect(201);
    expect(answer.body).toMatchObject({ bundle: { uploaded_by: 'token:ci-publish' } });
  });

  it('makes, lists and revokes tokens, and shows a secret only once', async () => {
    const as = bearer(secrets.admin);
    const made = await admin.http
      .post('/api/tokens')
      .set(as)
      .send({ name: 'nightly', scope: 'publish' })
      .expect(201);
    const { secret } = made.body as { secret: string };
    expect(made.headers['cache-control']).toBe('no-store');
    expect(made.body).toMatchObject({
      token: { name: 'nightly', scope: 'publish', created_by: 'token:ci-admin', revoked_at: null },
    });
    await admin.http.get('/api/bundles').set(bearer(secret)).expect(200);
    await admin.http.post('/api/tokens').set(as).send({ name: 'nightly', scope: 'publish' }).expect(409);
    await admin.http.post('/api/tokens').set(as).send({ name: '../x', scope: 'publish' }).expect(400);
    await admin.http.post('/api/tokens').set(as).send({ name: 'x', scope: 'root' }).expect(400);
    await admin.http.delete('/api/tokens/nightly').set(as).expect(200);
    await admin.http.get('/api/bundles').set(bearer(secret)).expect(401);
    const list = await admin.http.get('/api/tokens').set(as).expect(200);
    expect(list.text).toContain('nightly');
    expect(list.text).not.toContain(secret);
    await admin.http.delete('/api/tokens/nobody').set(as).expect(404);
  });

  it('slows down an address that keeps guessing, for a minute, without locking out who has a token', async () => {
    const guess = () => admin.http.get('/api/bundles').set(bearer('rss_guess'));
    for (let tries = 0; tries < 10; tries += 1) await guess().expect(401);
    const answer = await guess().expect(429);
    expect(answer.headers['retry-after']).toBe('60');
    expect(answer.body).toMatchObject({ code: 'too-many-requests' });
    await admin.http.get('/api/bundles').set(bearer(secrets.read)).expect(200);
    now = new Date(now.getTime() + 60_000);
    await guess().expect(401);
  });

  it('never logs a token, neither a right one nor a wrong one', async () => {
    await admin.http.get(`/api/bundles?token=${secrets.read}`).set(bearer(secrets.read)).expect(200);
    await admin.http.get('/api/bundles').set(bearer('rss_wrong')).expect(401);
    const text = JSON.stringify(admin.requests);
    expect(text).toContain('token:ci-read');
    expect(text).not.toContain(secrets.read);
    expect(text).not.toContain('rss_wrong');
  });
});

it('refuses a wrong token on loopback as well: a revoked job must not become an administrator', async () => {
  const admin = await openAdminListener();
  await admin.http.get('/api/bundles').expect(200);
  await admin.http.get('/api/bundles').set(bearer('rss_wrong')).expect(401);
  await admin.close();
});

describe('a token that takes long to look up', () => {
  it('changes nothing for a caller who has gone meanwhile, and goes on with the next', async () => {
    const lookups: (() => void)[] = [];
    const admin = await openAdminListener({
      admin: { requireToken: true },
      changeServices: ({ manageTokens }) => ({
        manageTokens: {
          ...manageTokens,
          find: async (secret) => {
            await new Promise<void>((resolve) => lookups.push(resolve));
            return manageTokens.find(secret);
          },
        },
      }),
    });
    const { manageTokens } = admin.opened.services;
    const { secret } = await manageTokens.create({ name: 'me', scope: 'admin', actor: 'local' });
    await manageTokens.create({ name: 'kept', scope: 'read', actor: 'local' });
    const socket = connect(admin.port, '127.0.0.1');
    socket.write(
      `DELETE /api/tokens/kept HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n\r\n`,
    );
    await eventually(() => lookups.length === 1);
    socket.destroy();
    await eventually(() => admin.requests.some(({ facts }) => facts['aborted'] === true));
    lookups[0]?.();
    const answer = admin.http.get('/api/tokens').set(bearer(secret)).expect(200);
    const shown = answer.then(({ body }) => body as { tokens: { name: string; revoked_at: unknown }[] });
    await eventually(() => lookups.length === 2);
    lookups[1]?.();
    expect((await shown).tokens).toMatchObject([
      { name: 'kept', revoked_at: null },
      { name: 'me', revoked_at: null },
    ]);
    await admin.close();
  });
});
