import { type ManagementListener, openManagement } from './management-listener';

let listener: ManagementListener;

beforeAll(async () => {
  listener = await openManagement();
});

const make = (...targets: readonly object[]) => listener.ask('post', 'targets', targets);
const tokenOf = async (id: string) =>
  (await listener.services.deviceTokens.show({ kind: 'device', id })).token;

describe('who may call', () => {
  it('takes a token as the password of any user, or as a bearer', async () => {
    const { secrets, http } = listener;
    await http.get('/rest/v1/targets').auth('admin', secrets.read).expect(200);
    await http.get('/rest/v1/targets').auth('', secrets.read).expect(200);
    await http.get('/rest/v1/targets').set('Authorization', `Bearer ${secrets.read}`).expect(200);
  });

  it('takes everything behind the first colon as the password', async () => {
    const { secrets, http } = listener;
    for (const [user, password] of [
      ['a:b', secrets.read],
      ['admin', `${secrets.read}:`],
      ['admin', `:${secrets.read}`],
    ] as const)
      await http.get('/rest/v1/targets').auth(user, password).expect(401);
  });

  it('is told by which schemes to authenticate, for clients that wait for it', async () => {
    const answer = await listener.http.get('/rest/v1/targets').expect(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="[^"]+".*, Bearer$/);
  });

  it.each([
    ['nobody', {}],
    ['a wrong password', { Authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ['no colon', { Authorization: `Basic ${Buffer.from('admin').toString('base64')}` }],
    ['another scheme', { Authorization: 'Digest admin' }],
  ])("refuses %s in hawkBit's form", async (_, headers) => {
    const answer = await listener.http.get('/rest/v1/targets').set(headers);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({
      exceptionClass: expect.any(String) as unknown,
      errorCode: 'rauc-simple-server.unauthenticated',
      message: expect.any(String) as unknown,
    });
  });

  it("does not take the cookie of the dashboard's session", async () => {
    const { http, secrets } = listener;
    const signedIn = await http
      .post('/api/session')
      .set('Origin', listener.url)
      .set('Accept', 'application/json')
      .send({ token: secrets.admin });
    const [cookie = ''] = signedIn.headers['set-cookie'] as unknown as string[];
    expect(cookie).not.toBe('');
    const pair = cookie.split(';')[0] ?? '';
    await http.get('/api/devices').set('Cookie', pair).expect(200);
    await http.get('/rest/v1/targets').set('Cookie', pair).expect(401);
  });

  it('wants the scope that the same change has elsewhere', async () => {
    const { secrets } = listener;
    const target = { controllerId: 'scoped' };
    await listener.ask('post', 'targets', [target], secrets.publish).expect(403);
    await make(target).expect(201);
    await listener.ask('delete', 'targets/scoped', undefined, secrets.publish).expect(403);
    await listener
      .ask('put', 'system/configs/pollingTime', { value: '00:01:00' }, secrets.publish)
      .expect(403);
    await listener.ask('get', 'system/configs/pollingTime', undefined, secrets.read).expect(403);
  });

  it('shows the token of a device only to the scope admin', async () => {
    await make({ controllerId: 'secretive' });
    const seen = await listener.ask('get', 'targets/secretive', undefined, listener.secrets.publish);
    expect(seen.body).not.toHaveProperty('securityToken');
    const body: unknown = (await listener.ask('get', 'targets/secretive')).body;
    expect((body as { securityToken: string }).securityToken).toBe(await tokenOf('secretive'));
  });
});

describe('targets', () => {
  it('are devices, each with a token of its own', async () => {
    const body: unknown = (
      await make(
        { controllerId: 'a-1', name: 'a-1', description: 'in the lab' },
        { controllerId: 'a-2', securityToken: '0123456789abcdef' },
      ).expect(201)
    ).body;
    expect(body).toMatchObject([
      { controllerId: 'a-1', name: 'a-1', description: 'in the lab', updateStatus: 'unknown' },
      { controllerId: 'a-2', securityToken: '0123456789abcdef' },
    ]);
    expect(await tokenOf('a-1')).toMatch(/^[0-9a-f]{32}$/);
    const { device } = await listener.services.manageDevices.get('a-1');
    expect([device.notes, device.admission]).toEqual(['in the lab', 'admitted']);
  });

  it('are created together or not at all', async () => {
    await make({ controllerId: 'taken' }).expect(201);
    const refused = await make({ controllerId: 'fresh' }, { controllerId: 'taken' });
    expect([refused.status, (refused.body as { errorCode: string }).errorCode]).toEqual([
      409,
      'hawkbit.server.error.repo.entitiyAlreayExists',
    ]);
    await listener.ask('get', 'targets/fresh').expect(404);
    await make({ controllerId: 'fresh' }, { controllerId: 'other', securityToken: 'short' }).expect(400);
    await listener.ask('get', 'targets/fresh').expect(404);
  });

  it('have no name besides their id', async () => {
    await make({ controllerId: 'b-1', name: 'Board 1' }).expect(400);
    await listener.ask('get', 'targets/b-1').expect(404);
    await make({ controllerId: 'b-1', name: 'b-1' }).expect(201);
    for (const change of [{ name: 'Board 1' }, { controllerId: 'b-2' }, { requestAttributes: true }])
      await listener.ask('put', 'targets/b-1', { description: 'moved', ...change }).expect(400);
    expect((await listener.ask('get', 'targets/b-1')).body).toMatchObject({ description: '' });
    const same = { controllerId: 'b-1', name: 'b-1', requestAttributes: false, description: 'moved' };
    expect((await listener.ask('put', 'targets/b-1', same).expect(200)).body).toMatchObject({
      name: 'b-1',
      description: 'moved',
    });
  });

  it('are changed and deleted', async () => {
    await make({ controllerId: 'c-1' });
    const change = { description: 'moved', securityToken: 'fedcba9876543210' };
    const body: unknown = (await listener.ask('put', 'targets/c-1', change).expect(200)).body;
    expect(body).toMatchObject(change);
    expect(
      await listener.services.deviceTokens.check({ kind: 'device', id: 'c-1' }, 'fedcba9876543210'),
    ).toBe(true);
    await listener.ask('delete', 'targets/c-1').expect(200);
    const gone: unknown = (await listener.ask('get', 'targets/c-1').expect(404)).body;
    expect(gone).toMatchObject({ errorCode: 'hawkbit.server.error.repo.entitiyNotFound' });
  });

  it('show exactly the attributes that the device has sent', async () => {
    await make({ controllerId: 'd-1' });
    expect((await listener.ask('get', 'targets/d-1/attributes')).body).toEqual({});
    await listener.opened.services.deviceEvents.take(
      { id: 'd-1', certificateSerial: null, compatibles: [] },
      {
        kind: 'described',
        contact: {
          at: new Date(),
          address: '10.0.0.7',
          protocol: 'http/1.1',
          facts: { attributes: { product: 'Terminator', mac_address: 'ff:ff:ff:ff:ff:ff' } },
          transactionId: null,
        },
      },
    );
    const body: unknown = (await listener.ask('get', 'targets/d-1/attributes').expect(200)).body;
    expect(body).toEqual({ product: 'Terminator', mac_address: 'ff:ff:ff:ff:ff:ff' });
    expect((await listener.ask('get', 'targets/d-1')).body).toMatchObject({
      updateStatus: 'registered',
      ipAddress: '10.0.0.7',
    });
  });
});

describe('the list of targets', () => {
  const idsOf = async (query: string) => {
    const body: unknown = (await listener.ask('get', `targets?${query}`).expect(200)).body;
    const { content, total, size } = body as {
      content: { controllerId: string }[];
      total: number;
      size: number;
    };
    expect(size).toBe(content.length);
    return { ids: content.map(({ controllerId }) => controllerId), total };
  };

  it('has pages by offset, in both orders', async () => {
    const { ids: all, total } = await idsOf('limit=500');
    expect([all, total]).toEqual([[...all].sort(), all.length]);
    expect(await idsOf('offset=1&limit=2&sort=id:ASC')).toEqual({ ids: all.slice(1, 3), total });
    expect(await idsOf('offset=1&limit=2&sort=controllerId:DESC')).toEqual({
      ids: [...all].reverse().slice(1, 3),
      total,
    });
    expect(await idsOf(`offset=${total}`)).toEqual({ ids: [], total });
  });

  it('finds one by its id', async () => {
    expect(await idsOf('q=controllerId==a-1')).toEqual({ ids: ['a-1'], total: 1 });
    expect(await idsOf('q=name=="a-2";id==a-2')).toEqual({ ids: ['a-2'], total: 1 });
    expect(await idsOf('q=id==a-1;name==a-2')).toEqual({ ids: [], total: 0 });
    expect(await idsOf('q=id==nobody')).toEqual({ ids: [], total: 0 });
    const filtered = (filter: string) => idsOf(`q=${encodeURIComponent(filter)}`);
    expect(await filtered(" controllerId == 'a-1'  AND name==a-1 ")).toEqual({ ids: ['a-1'], total: 1 });
    expect(await filtered('name=="a;b and c==d"')).toEqual({ ids: [], total: 0 });
  });

  it.each([
    'q=name==a*',
    'q=id=in=(a,b)',
    'q=createdat=gt=1',
    'q=id==a,id==b',
    'q=id==a;',
    'q=id==a%20and%20',
    'q=id==a%20id==a',
    'q=id=="a',
    'q=id=="a"b',
    'q=;',
    'sort=createdAt:ASC',
    'offset=-1',
  ])('refuses what it cannot do rather than answer something else: %s', async (query) => {
    await listener.ask('get', `targets?${query}`).expect(400);
  });
});

describe('anything else', () => {
  it.each(['rollouts', 'targets/a-1/tags', ''])('is not there: %s', async (path) => {
    const body: unknown = (await listener.ask('get', path).expect(404)).body;
    expect(body).toHaveProperty('errorCode');
  });
});
