import { type ManagementListener, openManagement } from './management-listener';

let rest: ManagementListener;

beforeAll(async () => {
  rest = await openManagement();
  await rest.ask('post', 'targets', [{ controllerId: 'board-1' }]).expect(201);
  await rest.ask('post', 'distributionsets', [{ name: 'set', version: '1' }]).expect(201);
});

const problem = expect.objectContaining({
  exceptionClass: expect.any(String) as string,
  errorCode: expect.any(String) as string,
  message: expect.any(String) as string,
}) as object;

const beyondIntegers = 2 ** 31;
const many = (item: object) => Array.from({ length: 501 }, () => item);

describe('input that no script should send', () => {
  it.each([
    ['get', 'targets?offset=-1', 400],
    ['get', 'targets?offset=1e9', 400],
    ['get', 'targets?limit=0', 400],
    ['get', 'targets?limit=1e400', 400],
    ['get', 'targets?limit=many', 400],
    ['get', 'targets?limit=1&limit=2', 400],
    ['get', 'targets?q=a&q=b', 400],
    ['get', 'targets?q=%00', 400],
    ['get', 'targets?q=name==*', 400],
    ['get', 'targets?sort=__proto__:ASC', 400],
    ['get', 'targets/__proto__', 404],
    ['get', 'targets/..%2f..%2fetc', 404],
    ['get', 'targets/%E0%A4%A', 400],
    ['get', 'targets/a%00b', 400],
    ['get', 'targets/__proto__/attributes', 404],
    ['get', 'targets/board-1/actions/one', 400],
    ['get', 'targets/board-1/actions/1.5', 400],
    ['get', 'targets/board-1/actions/-1', 400],
    ['get', `targets/board-1/actions/${beyondIntegers}`, 400],
    ['get', `softwaremodules/${beyondIntegers}`, 400],
    ['get', `softwaremodules?q=id==${beyondIntegers}`, 400],
    ['get', 'softwaremodules?q=id==one', 400],
    ['get', 'softwaremodules?q=id==1;id==2', 400],
    ['delete', `distributionsets/${beyondIntegers}`, 400],
    ['get', 'system/configs/__proto__', 404],
    ['get', 'system/configs/constructor', 404],
    ['get', 'nothing', 404],
    ['get', '', 404],
  ] as const)('%s %s is refused', async (method, path, status) => {
    const answer = await rest.ask(method, path);
    expect([answer.status, answer.body]).toEqual([status, problem]);
  });

  it.each([
    ['post', 'targets', {}, 400],
    ['post', 'targets', [], 400],
    ['post', 'targets', [null], 400],
    ['post', 'targets', [{ controllerId: 1 }], 400],
    ['post', 'targets', [{ controllerId: '../x' }], 400],
    ['post', 'targets', [{ controllerId: 'board-2', description: 'x'.repeat(20_000) }], 400],
    ['post', 'targets', [{ controllerId: 'board-2', securityToken: 'a\nb' }], 400],
    ['post', 'softwaremodules', [{ name: 'a', version: 1 }], 400],
    ['post', 'softwaremodules', [{ name: 'a', version: '1', description: '\0' }], 400],
    ['post', 'distributionsets', [{ name: 'a', version: '1', modules: [{ id: '1' }] }], 400],
    ['post', 'distributionsets', [{ name: 'a', version: '1', modules: [{ id: beyondIntegers }] }], 400],
    ['post', 'distributionsets/1/assignedSM', [{ id: 1e300 }], 400],
    ['post', 'distributionsets/1/assignedSM', {}, 400],
    ['post', 'distributionsets/1/assignedTargets', [], 400],
    ['post', 'distributionsets/1/assignedTargets', [{ id: 5 }], 400],
    ['put', 'targets/board-1', { securityToken: 5 }, 400],
    ['put', 'targets/board-1', [], 400],
    ['put', 'targets/__proto__', { description: 'x' }, 404],
    ['put', 'system/configs/pollingTime', { value: null }, 400],
    ['put', 'system/configs/pollingTime', { value: { toString: 1 } }, 400],
    ['put', 'system/configs/pollingTime', {}, 400],
    ['put', 'system/configs/authentication.gatewaytoken.key', { value: '' }, 400],
    ['put', 'system/configs/authentication.gatewaytoken.key', { value: 'a b' }, 400],
    ['put', 'targets/board-1/actions/1', { forceType: 7 }, 400],
  ] as const)('%s %s with %j is refused', async (method, path, body, status) => {
    const answer = await rest.ask(method, path, body);
    expect([answer.status, answer.body]).toEqual([status, problem]);
  });

  it.each([
    ['targets', { controllerId: 'board-2' }],
    ['softwaremodules', { name: 'a', version: '1' }],
    ['distributionsets', { name: 'a', version: '1' }],
    ['distributionsets/1/assignedTargets', { id: 'board-1' }],
  ])('is refused as too long a list: %s', async (path, item) => {
    const answer = await rest.ask('post', path, many(item));
    expect([answer.status, answer.body]).toEqual([400, problem]);
  });

  it('is none if it only says null for what may be left out', async () => {
    const draft = { name: 'nothing else', version: '1', type: null, description: null };
    const module = await rest.ask('post', 'softwaremodules', [{ ...draft, vendor: null, encrypted: null }]);
    expect([module.status, module.body]).toEqual([201, [expect.objectContaining({ type: 'os' })]]);
    const set = { ...draft, modules: null, requiredMigrationStep: null };
    await rest.ask('post', 'distributionsets', [set]).expect(201);
    const target = { name: null, description: null, securityToken: null };
    await rest.ask('post', 'targets', [{ controllerId: 'null-1', ...target, address: null }]).expect(201);
    await rest
      .ask('put', 'targets/null-1', { controllerId: null, ...target, requestAttributes: null })
      .expect(200);
  });

  it('gets an error of the same form for JSON that cannot be read', async () => {
    const request = rest.ask('post', 'targets').type('application/json').send('[{"controllerId":');
    expect((await request.expect(400)).body).toEqual(problem);
    const large = rest.ask('post', 'targets', [{ controllerId: 'x'.repeat(70_000) }]);
    expect((await large.expect(413)).body).toEqual(problem);
  });

  it('gets an error of the same form for another method', async () => {
    const answer = await rest.ask('put', 'targets', {}).expect(405);
    expect([answer.headers['allow'], answer.body]).toEqual(['GET, HEAD, POST', problem]);
    expect(answer.type).toBe('application/json');
  });

  it.each([
    ['another host', { Host: 'evil.example' }],
    ['the page of another site', { Origin: 'https://evil.example' }],
    ['a form of another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('gets an error of the same form for %s', async (_, headers) => {
    const answer = await rest.ask('post', 'targets', [{ controllerId: 'board-9' }]).set(headers);
    expect([answer.status, answer.body]).toEqual([403, problem]);
    await rest.ask('get', 'targets/board-9').expect(404);
  });
});

describe('who may do what', () => {
  it.each([
    ['post', 'softwaremodules', [{ name: 'x', version: '1' }]],
    ['post', 'distributionsets', [{ name: 'x', version: '1' }]],
    ['post', 'distributionsets/1/assignedTargets', [{ id: 'board-1' }]],
    ['post', 'distributionsets/1/assignedSM', [{ id: 1 }]],
    ['delete', 'distributionsets/1', undefined],
    ['delete', 'softwaremodules/1', undefined],
    ['delete', 'softwaremodules/1/artifacts/1', undefined],
    ['delete', 'targets/board-1/actions/1', undefined],
    ['put', 'targets/board-1/actions/1', { forceType: 'forced' }],
    ['post', 'targets', [{ controllerId: 'board-3' }]],
    ['put', 'targets/board-1', { description: 'x' }],
    ['delete', 'targets/board-1', undefined],
    ['get', 'system/configs', undefined],
    ['put', 'system/configs/pollingTime', { value: '00:01:00' }],
  ] as const)('a token that reads cannot %s %s', async (method, path, body) => {
    const answer = await rest.ask(method, path, body, rest.secrets.read);
    expect([answer.status, answer.body]).toEqual([403, problem]);
  });

  it.each([
    ['post', 'targets', [{ controllerId: 'board-3' }]],
    ['put', 'targets/board-1', { securityToken: 'another-token-of-it' }],
    ['get', 'system/configs/authentication.gatewaytoken.key', undefined],
  ] as const)('a token that publishes cannot %s %s', async (method, path, body) => {
    await rest.ask(method, path, body, rest.secrets.publish).expect(403);
  });

  it('only a token of scope admin sees the tokens of devices', async () => {
    for (const secret of [rest.secrets.read, rest.secrets.publish]) {
      const one = await rest.ask('get', 'targets/board-1', undefined, secret).expect(200);
      const all = await rest.ask('get', 'targets?q=id==board-1', undefined, secret).expect(200);
      expect(JSON.stringify([one.body, all.body])).not.toContain('securityToken');
    }
    expect((await rest.ask('get', 'targets/board-1')).body).toHaveProperty('securityToken');
  });

  it('the session of a browser counts for nothing', async () => {
    const signedIn = await rest.http.post('/api/session').send({ token: rest.secrets.admin });
    const cookies = signedIn.get('Set-Cookie') ?? [];
    expect(cookies).not.toEqual([]);
    await rest.http.get('/rest/v1/targets').set('Cookie', cookies).expect(401);
  });
});
