import { HawkbitClient } from '../../../support/hawkbit-client';
import { person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';

const id = 'dev-1';
let fleet: ReleasedFleet;
let device: HawkbitClient;

beforeEach(async () => {
  fleet = await startReleasedFleet();
  device = new HawkbitClient((await fleet.connect(id, 'HTTP/1.1')).client, id);
});
afterEach(() => fleet.close());

const facts = async () => (await fleet.seen(id)).facts;

describe('attributes', () => {
  it('are merged, replaced and removed', async () => {
    await device.configData({ product: 'Häuschen', hw_revision: '2' });
    await device.configData({ hw_revision: '3' }, 'merge');
    expect((await facts()).attributes).toEqual({ product: 'Häuschen', hw_revision: '3' });
    await device.configData({ hw_revision: '', nothing: '' }, 'remove');
    expect((await facts()).attributes).toEqual({ product: 'Häuschen' });
    await device.configData({ mac: '00:11' }, 'replace');
    expect((await facts()).attributes).toEqual({ mac: '00:11' });
  });

  it('are asked for again when a device of the same name is added anew', async () => {
    const asks = async () => (await device.links()).kinds.includes('configData');
    await device.configData({ product: 'old' });
    expect(await asks()).toBe(false);
    fleet.wait(1);
    await fleet.services.manageDevices.forget(id, person);
    await fleet.services.manageDevices.create(id, {}, person);
    expect(await asks()).toBe(true);
    await device.configData({ product: 'new' });
    expect(await asks()).toBe(false);
  });

  it('of known names are facts, too', async () => {
    await device.configData({
      system_version: '1.2',
      'Boot-Id': 'ABC',
      serial: '7',
      machine_id: 'm',
      variant: 'v',
    });
    expect(await facts()).toMatchObject({
      systemVersion: '1.2',
      bootId: 'abc',
      serial: '7',
      machineId: 'm',
      variant: 'v',
      attributes: { system_version: '1.2', 'Boot-Id': 'ABC' },
    });
    await device.configData({ serial: '' }, 'remove');
    expect((await facts()).serial).toBeNull();
  });

  it('are a hundred at the most, and stay as many', async () => {
    const of = (count: number, prefix = 'a') =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
    expect(await device.configData(of(101))).toBe(400);
    expect(await device.configData(of(100))).toBe(200);
    expect(await device.configData(of(100, 'b'))).toBe(200);
    expect((await facts()).attributes).toEqual(of(100));
    expect(await device.configData(of(100, 'c'), 'replace')).toBe(200);
    expect((await facts()).attributes).toEqual(of(100, 'c'));
  });

  it.each([{}, { a: 1 }, [], 'text', null, undefined])('are refused as %j', async (data) => {
    expect(await device.configData(data)).toBe(400);
    expect((await device.poll())._links.configData).toBeDefined();
  });

  it('that nobody could read are left out, also hostile names', async () => {
    const long = 'x'.repeat(257);
    const data = JSON.parse(
      `{"__proto__":"p","ok":" yes ","long":"${long}","empty":"","bell":"a\\u0007b"}`,
    ) as object;
    expect(await device.configData(data)).toBe(200);
    const { attributes } = await facts();
    expect(Object.entries(attributes).filter(([name]) => name !== '__proto__')).toEqual([['ok', 'yes']]);
    expect((await device.request(`${device.base}/configData`, 'PUT', '{"data"')).status).toBe(400);
  });
});
