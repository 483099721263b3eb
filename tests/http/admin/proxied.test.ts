import { type AdminListener, exchange, openAdminListener } from './admin-listener';

/** Requests as proxies of this machine send them. */
const proxied: readonly (readonly [string, string])[] = [
  ["nginx's bare proxy_pass", 'GET /api/devices HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n'],
  ['X-Forwarded-For', 'GET /api/devices HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n'],
  ['X-Forwarded-Proto', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n'],
  ['X-Real-IP', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nX-Real-IP: 127.0.0.1\r\n'],
  ['Forwarded', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nForwarded: for=192.0.2.1\r\n'],
  ['Via', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 squid\r\n'],
  ['an empty X-Forwarded-For', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For:\r\n'],
  ['Cloudflare', 'GET /api/devices HTTP/1.1\r\nHost: localhost\r\nCF-Connecting-IP: 192.0.2.1\r\n'],
];

describe('a request that a proxy on this machine hands on', () => {
  let admin: AdminListener;
  let secret: string;
  beforeAll(async () => {
    admin = await openAdminListener();
    ({ secret } = await admin.services.manageTokens.create({ name: 'me', scope: 'admin', actor: 'local' }));
  });
  afterAll(() => admin.close());

  it.each(proxied)('needs a token (%s)', async (_what, head) => {
    expect(await exchange(admin.port, `${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    const withToken = `${head}Authorization: Bearer ${secret}\r\nConnection: close\r\n\r\n`;
    expect(await exchange(admin.port, withToken)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('may not take a device key, nor change anything', async () => {
    for (const path of ['/api/devices/board-1/kit', '/api/devices', '/upload', '/api/tokens']) {
      await admin.http.post(path).set('X-Forwarded-For', '192.0.2.1').expect(401);
    }
  });

  it('is told that it has to sign in, and whether one can', async () => {
    const answer = await admin.http.get('/api/session').set('X-Forwarded-For', '192.0.2.1').expect(200);
    expect(answer.body).toMatchObject({ signed_in: false, token_required: true, token_exists: true });
    const direct = await admin.http.get('/api/session').expect(200);
    expect(direct.body).toMatchObject({ signed_in: true, token_required: false, name: 'local' });
  });

  it.each([
    ['curl', { 'User-Agent': 'curl/7.88.1' }],
    ['a script with a header of its own', { 'X-Requested-With': 'ci', 'X-Request-Id': '1' }],
  ])('is not seen in what a program of this machine sends (%s)', async (_who, headers) => {
    await admin.http.get('/api/devices').set(headers).expect(200);
  });
});

describe('who needs a token says so before there is one', () => {
  it('on the page', async () => {
    const admin = await openAdminListener({ admin: { requireToken: true } });
    const answer = await admin.http.get('/api/session').expect(200);
    expect(answer.body).toMatchObject({ signed_in: false, token_required: true, token_exists: false });
    await admin.close();
  });
});

describe('the address of the client', () => {
  const hold = async (admin: AdminListener, forwarded: string | null) => {
    const { secret } = await admin.services.manageTokens.create({
      name: `t${Math.abs(await admin.opened.services.readJournal.lastId())}`,
      scope: 'admin',
      actor: 'local',
    });
    await admin.services.manageDevices
      .create('a', {}, { name: 'local', address: null })
      .catch(() => undefined);
    await admin.http
      .post('/api/devices/a/hold')
      .set({
        Authorization: `Bearer ${secret}`,
        ...(forwarded === null ? {} : { 'X-Forwarded-For': forwarded }),
      })
      .send({ reason: '' })
      .expect(200);
    return (await admin.services.readJournal.search({ kinds: ['device.held'] }, { limit: 1 })).events[0]
      ?.actor.address;
  };

  it('is the last one that a trusted proxy names and that is none of them', async () => {
    const admin = await openAdminListener({ admin: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } });
    expect(await hold(admin, '203.0.113.9')).toBe('203.0.113.9');
    expect(await hold(admin, '192.0.2.66, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(await hold(admin, '203.0.113.9:4711')).toBe('203.0.113.9');
    expect(await hold(admin, '[2001:db8::1]:4711')).toBe('2001:db8::1');
    expect(await hold(admin, '10.1.2.3')).toBe('10.1.2.3');
    for (const nonsense of ['unknown', '', '<script>', '1.2.3.4.5'])
      expect(await hold(admin, nonsense)).toBe('127.0.0.1');
    await admin.close();
  });

  it('is that of the connection for everybody else', async () => {
    const admin = await openAdminListener({ admin: { trustedProxies: ['10.0.0.0/8'] } });
    expect(await hold(admin, '203.0.113.9')).toBe('127.0.0.1');
    expect(await hold(admin, null)).toBe('127.0.0.1');
    await admin.close();
  });

  it('has wrong tokens of its own: one client behind a proxy locks nobody else out', async () => {
    const admin = await openAdminListener({ admin: { trustedProxies: ['127.0.0.1'] } });
    const guess = (client: string) =>
      admin.http.get('/api/devices').set({ Authorization: 'Bearer wrong', 'X-Forwarded-For': client });
    for (let tries = 1; tries <= 10; tries += 1) await guess('203.0.113.9').expect(401);
    await guess('203.0.113.9').expect(429);
    await guess('203.0.113.10').expect(401);
    await admin.close();
  });
});
