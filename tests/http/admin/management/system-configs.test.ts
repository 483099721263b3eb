import { gateway } from '../../../../src/core/device-token';
import { openServices } from '../../../support/services';
import { type ManagementListener, openManagement } from './management-listener';

let listener: ManagementListener;

beforeAll(async () => {
  listener = await openManagement();
});

const put = (key: string, value: unknown) => listener.ask('put', `system/configs/${key}`, { value });
const get = async (key: string) =>
  ((await listener.ask('get', `system/configs/${key}`).expect(200)).body as { value: unknown }).value;

it.each([
  ['pollingTime', '00:05:00', '00:00:30'],
  ['pollingOverdueTime', '00:05:00', '00:03:00'],
  ['authentication.targettoken.enabled', true, false],
  ['authentication.gatewaytoken.enabled', true, false],
  ['authentication.header.enabled', true, false],
  ['authentication.header.authority', '', '8ba2d3c1,1c4e5f60'],
  ['authentication.gatewaytoken.key', '', '0123456789abcdef0123456789abcdef'],
])('%s is kept', async (key, before, after) => {
  expect(await get(key)).toBe(before);
  await put(key, after).expect(200);
  expect(await get(key)).toBe(after);
});

it('the gateway token is one of the tokens of devices, and the one before it is refused at once', async () => {
  await put('authentication.gatewaytoken.key', 'first-gateway-token').expect(200);
  await put('authentication.gatewaytoken.key', 'other-gateway-token').expect(200);
  const { deviceTokens } = listener.services;
  expect(await deviceTokens.check(gateway, 'other-gateway-token')).toBe(true);
  expect(await deviceTokens.check(gateway, 'first-gateway-token')).toBe(false);
});

it('settings outlast a restart, each change with a line in the journal', async () => {
  const own = await openManagement();
  const change = own.ask('put', 'system/configs/pollingTime', { value: '01:02:03' });
  await change.expect(200);
  const { events } = (await own.http.get('/api/events').auth(own.secrets.admin, { type: 'bearer' })).body as {
    events: { kind: string; actor: string; message: string }[];
  };
  expect(events[0]).toMatchObject({
    kind: 'setting.changed',
    actor: 'token:script-admin',
    message: "hawkBit's setting pollingTime is now 01:02:03",
  });
  await own.close();
  const again = await openServices({ dataDir: own.opened.dataDir });
  expect(again.services.hawkbitSettings.current().pollingTimeMs).toBe(3_723_000);
  await again.close();
});

it.each([
  ['pollingTime', '24:00:00'],
  ['pollingTime', '00:00:00'],
  ['pollingTime', 30],
  ['authentication.targettoken.enabled', 'perhaps'],
  ['authentication.header.authority', 'not an issuer'],
  ['authentication.gatewaytoken.key', 'short'],
  ['anonymous.download.enabled', true],
])('%s cannot be %s', async (key, value) => {
  await put(key, value).expect(400);
});

it('anonymous downloads are off', async () => {
  await put('anonymous.download.enabled', false).expect(200);
  expect(await get('anonymous.download.enabled')).toBe(false);
});

it.each(['repository.actions.autoclose.enabled', '__proto__', 'constructor'])(
  'there is no %s',
  async (key) => {
    await listener.ask('get', `system/configs/${key}`).expect(404);
  },
);

it('all of them are one object', async () => {
  const body: unknown = (await listener.ask('get', 'system/configs').expect(200)).body;
  expect(body).toHaveProperty(['pollingTime', 'value']);
});
