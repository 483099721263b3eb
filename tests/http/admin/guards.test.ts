import { makeBundle } from '../../support/bundle-factory';
import { type AdminListener, exchange, nothingStored, openAdminListener } from './admin-listener';

describe('the admin listener on loopback', () => {
  let admin: AdminListener;
  beforeAll(async () => {
    admin = await openAdminListener({
      admin: { adminHosts: ['updates.example.com', 'other.example.com:8081'] },
    });
  });
  afterAll(() => admin.close());

  it.each(['localhost', 'LocalHost:8080', '127.0.0.1', '127.0.0.1:1', '[::1]:8080'])(
    'answers a program of this machine that names it %s, without a login',
    async (host) => {
      await admin.http.get('/api/bundles').set('Host', host).expect(200);
    },
  );

  it.each(['192.0.2.7:8080', 'updates.example.com', 'other.example.com:8081'])(
    'asks for a token under its name %s: who names it may come through a proxy',
    async (host) => {
      await admin.http.get('/health').set('Host', host).expect(200);
      await admin.http.get('/api/bundles').set('Host', host).expect(401);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'updates.example.com.evil.example',
    'other.example.com:8082',
    'localhost.',
  ])('refuses the forged Host %s for reads, changes and the page', async (host) => {
    for (const request of [
      admin.http.get('/api/bundles'),
      admin.http.get('/'),
      admin.http.get('/health'),
      admin.http.post('/deactivate/acme'),
    ]) {
      const answer = await request.set('Host', host);
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });

  it.each([
    ['no Host', 'GET /api/bundles HTTP/1.1\r\n'],
    ['no Host in HTTP/1.0', 'GET /api/bundles HTTP/1.0\r\n'],
    ['two Hosts', 'GET /api/bundles HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n'],
    ['an absolute target', 'GET http://evil.example/api/bundles HTTP/1.1\r\nHost: localhost\r\n'],
    ['credentials in the Host', 'GET /api/bundles HTTP/1.1\r\nHost: localhost@evil.example\r\n'],
    ['an unclosed address', 'GET /api/bundles HTTP/1.1\r\nHost: [::1\r\n'],
  ])('refuses a request with %s', async (_what, head) => {
    expect(await exchange(admin.port, `${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['a cross-site form post', { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['a post from another origin', { Origin: 'http://evil.example' }],
    ['a post from another port of this machine', { Origin: 'http://127.0.0.1:1' }],
    ['a post from another port of a configured name', { Origin: 'http://updates.example.com:3000' }],
    ['a post from another scheme', { Origin: 'https://127.0.0.1' }],
    ['a post from a hidden origin', { Origin: 'null' }],
    ['a post from a sister site', { 'Sec-Fetch-Site': 'same-site' }],
    ['a post that names only a referring page elsewhere', { Referer: 'http://evil.example/page' }],
    ['a post from what is not an origin', { Origin: 'evil' }],
  ])('refuses %s', async (_what, headers) => {
    for (const path of ['/activate/a.raucb', '/deactivate/acme', '/delete/a.raucb', '/api/tokens']) {
      const answer = await admin.http.post(path).set(headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    await admin.http.delete('/api/tokens/ci').set(headers).expect(403);
  });

  it('refuses a cross-site upload and stores nothing of it', async () => {
    const { path } = await makeBundle();
    await admin.http
      .post('/upload')
      .set('Origin', 'http://evil.example')
      .attach('bundle', path, 'a.raucb')
      .expect(403);
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it('checks the Origin of callers with a valid token, too', async () => {
    const { secret } = await admin.opened.services.manageTokens.create({
      name: 'browser',
      scope: 'admin',
      actor: 'local',
    });
    await admin.http
      .post('/deactivate/acme')
      .set({ Origin: 'http://evil.example', Authorization: `Bearer ${secret}` })
      .expect(403);
  });

  it.each([
    ['its own page', () => ({ Origin: admin.url, 'Sec-Fetch-Site': 'same-origin' })],
    ['its own page in an old browser', () => ({ Referer: `${admin.url}/` })],
    [
      'its page behind a proxy with TLS',
      () => ({ Origin: 'https://updates.example.com', 'Sec-Fetch-Site': 'same-origin' }),
    ],
    ['a program', () => ({})],
  ])('lets changes by %s through', async (_who, headers) => {
    const answer = await admin.http.post('/deactivate/acme').set(headers()).expect(404);
    expect(answer.body).toMatchObject({ code: 'not-found' });
  });

  it('never invites other origins to read or to ask', async () => {
    const answer = await admin.http.get('/api/bundles').set('Origin', 'http://evil.example').expect(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    await admin.http
      .options('/upload')
      .set({ Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' })
      .expect(405);
  });
});
