import { everyoneAtOnce } from '../../../../src/core/rollout';
import { parseSteps } from '../../../../src/core/rollout-policy';
import { HawkbitClient } from '../../../support/hawkbit-client';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';

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

  it('find the devices that a release goes to first, by what they were changed to', async () => {
    const other = new HawkbitClient((await fleet.connect('dev-2', 'HTTP/1.1')).client, 'dev-2');
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`größe-${index}`, '日本 ✓']));
    expect(await device.configData({ ...many, Standort: 'Köln' }, 'replace')).toBe(200);
    expect(await other.configData({ ...many, Standort: 'Köln' }, 'replace')).toBe(200);
    expect(await other.configData({ Standort: 'München' }, 'merge')).toBe(200);
    expect(await other.configData({ 'größe-7': '' }, 'remove')).toBe(200);
    expect(Object.keys((await facts()).attributes)).toHaveLength(100);

    const { listFleet, manageDevices, activateRelease } = fleet.services;
    const found = async (search: string) =>
      (await listFleet.list({ search, sort: 'id', isDescending: false, limit: 10 })).devices.map(
        (one) => one.device.id,
      );
    expect(await found('größe-7=日本 ✓')).toEqual([id]);
    expect(await found('standort=köln')).toEqual([id]);
    expect(await found('Standort=München')).toEqual(['dev-2']);

    await manageDevices.decideAll(
      await found('Standort=Köln'),
      (plans) => plans.change({ addLabels: ['koeln'] }),
      person,
    );
    const policy = { ...everyoneAtOnce, steps: parseSteps('group:koeln,100') };
    await activateRelease.activate({ name: 'v2.0.0.raucb', compatible: board, actor: 'local', policy });
    expect((await device.links()).kinds).toContain('deploymentBase');
    expect((await other.links()).kinds).not.toContain('deploymentBase');
  });

  it('put a device into a group of a rollout, and take it out again', async () => {
    const other = new HawkbitClient((await fleet.connect('dev-2', 'HTTP/1.1')).client, 'dev-2');
    const isOffered = async (client: HawkbitClient) =>
      (await client.links()).kinds.includes('deploymentBase');
    await device.configData({ product: 'sensor' });
    await other.configData({ product: 'gateway' });
    const policy = { ...everyoneAtOnce, steps: parseSteps('attribute:product=gateway') };
    const { activateRelease } = fleet.services;
    await activateRelease.activate({ name: 'v2.0.0.raucb', compatible: board, actor: 'local', policy });
    expect([await isOffered(device), await isOffered(other)]).toEqual([false, true]);

    const third = new HawkbitClient((await fleet.connect('dev-3', 'HTTP/1.1')).client, 'dev-3');
    await third.configData({ product: 'gateway' });
    await third.configData({ product: '' }, 'remove');
    await device.configData({ product: 'gateway' });
    expect([await isOffered(device), await isOffered(third)]).toEqual([true, false]);

    // What has not begun is taken back, and comes again.
    await other.configData({ product: 'sensor' });
    expect([await isOffered(device), await isOffered(other)]).toEqual([true, false]);
    await other.configData({ product: 'gateway' });
    expect(await isOffered(other)).toBe(true);

    // What has begun goes on.
    const { action } = await other.links();
    await other.feedback(action, 'proceeding', 'none', ['Download complete.']);
    await other.configData({ product: 'sensor' });
    expect(await other.links()).toMatchObject({ action });
    expect(await isOffered(other)).toBe(true);
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
