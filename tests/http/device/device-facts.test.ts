import { connectDevice, protocols } from '../../support/device-client';
import { raucHeaders } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

const pollUrl = '/api/v1/update.raucb';

describe.each(protocols)('what a device tells of itself over %s', (protocol) => {
  let fleet: ReleasedFleet;
  const name = (id: string) => `${id}-${protocol.replace(/\W/g, '')}`;

  beforeAll(async () => {
    fleet = await startReleasedFleet();
  });

  async function told(id: string, headers: Record<string, string>, target = pollUrl) {
    const { client } = await fleet.connect(name(id), protocol);
    const { status } = await client.request(target, headers);
    return { status, client, facts: (await fleet.seen(name(id))).facts };
  }

  it('is kept, whatever the case of the names', async () => {
    const { facts } = await told('all', {
      'RAUC-Boot-ID': 'AB12CD34-0000-4000-8000-000000000001',
      'rauc-machine-id': 'f'.repeat(32),
      'RAUC-SERIAL': 'SN 0815',
      'RAUC-Variant': 'lte',
      'RAUC-System-Version': '1.0.0',
      'RAUC-Uptime': '4711.25',
      'RAUC-Compatible': board,
      'RAUC-Battery-Level': '80 %',
    });
    expect(facts).toEqual({
      bootId: 'ab12cd34-0000-4000-8000-000000000001',
      machineId: 'f'.repeat(32),
      serial: 'SN 0815',
      variant: 'lte',
      systemVersion: '1.0.0',
      uptimeSeconds: 4711.25,
      compatible: board,
      attributes: { 'battery-level': '80 %' },
    });
    expect(await fleet.seen(name('all'))).toMatchObject({
      address: '127.0.0.1',
      protocol: protocol === 'HTTP/2' ? 'h2' : 'http/1.1',
      certificates: [{ serial: fleet.serials.get(name('all')) }],
    });
  });

  it('is read at the manifest endpoint as well', async () => {
    const target = `/api/v1/manifest.json?compatible=${board}`;
    const { facts } = await told('manifest', { 'RAUC-System-Version': '0.9.0' }, target);
    expect(facts).toMatchObject({ compatible: board, systemVersion: '0.9.0' });
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['of 8 KiB', 'x'.repeat(8 << 10)],
    ['longer than a fact', 'x'.repeat(257)],
    ['no UTF-8', Buffer.from([0x56, 0xff, 0xfe]).toString('latin1')],
    ['with a control character', Buffer.from('a\u0085b').toString('latin1')],
    ['with a change of direction', Buffer.from('a\u202eb').toString('latin1')],
  ])('counts as not told when it is %s, and what was told before stays', async (_, value) => {
    const id = 'doubtful';
    await told(id, { 'RAUC-Serial': 'SN 1', 'RAUC-Custom': 'one' });
    const { status, facts } = await told(id, { 'RAUC-Serial': value, 'RAUC-Custom': value.slice(0, 4096) });
    expect(status).toBe(307);
    expect(facts).toMatchObject({ serial: 'SN 1', attributes: { custom: 'one' } });
  });

  it('may be any printable text', async () => {
    const value = Buffer.from('Gerät № 7').toString('latin1');
    expect((await told('umlaut', { 'RAUC-Serial': value })).facts.serial).toBe('Gerät № 7');
  });

  it.each(['(null)', '-1', '1e9', 'NaN', '12.3.4', ''])('has no uptime of %s', async (uptime) => {
    const { facts } = await told('uptime', { 'RAUC-Uptime': uptime, 'RAUC-Serial': 'SN 1' });
    expect(facts).toMatchObject({ serial: 'SN 1', uptimeSeconds: null });
  });

  it('is bounded: of custom headers 32 are kept of one contact, and a hundred over all of them', async () => {
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`RAUC-${prefix}-${i}`, 'x']));
    const { status, facts } = await told('many', many('A'));
    expect(status).toBe(307);
    expect(Object.keys(facts.attributes)).toHaveLength(32);
    for (const prefix of ['B', 'C']) await told('many', many(prefix));
    const full = await told('many', many('D'));
    expect(Object.keys(full.facts.attributes)).toHaveLength(100);
    const again = await told('many', many('E'));
    expect(Object.keys(again.facts.attributes)).toEqual(Object.keys(full.facts.attributes));
  });

  it('may be named like anything', async () => {
    const headers = { 'RAUC-constructor': 'a', 'RAUC-__proto__': 'b', 'RAUC-X_Y': 'c' };
    const { facts } = await told('odd', headers);
    expect(Object.entries(facts.attributes)).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
      ['x_y', 'c'],
    ]);
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  it('never says who it is', async () => {
    await told('victim', { 'RAUC-Serial': 'SN victim' });
    await told('liar', {
      'RAUC-Serial': 'SN liar',
      'RAUC-Device-ID': name('victim'),
      'RAUC-Machine-ID': name('victim'),
      'X-Device-ID': name('victim'),
    });
    expect((await fleet.seen(name('victim'))).facts.serial).toBe('SN victim');
    expect((await fleet.seen(name('liar'))).facts.serial).toBe('SN liar');
  });

  it('need not be told again: what follows the first request is known by its certificate', async () => {
    const { rauc } = await fleet.connect(name('silent'), protocol);
    await rauc.poll();
    await rauc.install('t-1');
    expect(await fleet.latest(name('silent'))).toMatchObject({ state: 'downloading', transactionId: 't-1' });
    await fleet.services.runHousekeeping();
    expect((await fleet.latest(name('silent')))?.bytesSent).toBeGreaterThan(64 << 10);
  });
});

describe('a header that comes twice', () => {
  it.each([
    [['one', 'one'], 'one'],
    [['one', 'two'], null],
  ])('counts when both say the same: %j', async (values, serial) => {
    const fleet = await startReleasedFleet();
    for (const protocol of protocols) {
      const id = `twice-${protocol.replace(/\W/g, '')}`;
      const { client } = await fleet.connect(id, protocol);
      await client.request(pollUrl, { 'RAUC-Serial': values as unknown as string });
      expect((await fleet.seen(id)).facts.serial).toBe(serial);
    }
  });
});

describe('what changes between two contacts', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    [
      'another boot id is a boot',
      { 'RAUC-Boot-ID': 'boot-1' },
      { 'RAUC-Boot-ID': 'boot-2' },
      ['device.booted'],
    ],
    ['the same boot id is none', { 'RAUC-Boot-ID': 'boot-1' }, { 'RAUC-Boot-ID': 'BOOT-1' }, []],
    [
      'an uptime that falls is a boot',
      { 'RAUC-Uptime': '5000.00' },
      { 'RAUC-Uptime': '12.00' },
      ['device.booted'],
    ],
    [
      'an uptime shorter than the time since is a boot',
      { 'RAUC-Uptime': '30.00' },
      { 'RAUC-Uptime': '600.00' },
      ['device.booted'],
    ],
    ['an uptime that grows with time is none', { 'RAUC-Uptime': '30.00' }, { 'RAUC-Uptime': '3630.00' }, []],
    [
      'another version is a change of version',
      { 'RAUC-System-Version': '1.0.0' },
      { 'RAUC-System-Version': '1.1.0' },
      ['device.version-changed'],
    ],
    [
      'both are told',
      raucHeaders(board, '1.0.0', 'boot-1'),
      raucHeaders(board, '1.1.0', 'boot-2'),
      ['device.booted', 'device.version-changed'],
    ],
    ['what is not told has not changed', raucHeaders(board, '1.0.0', 'boot-1'), {}, []],
  ])('%s', async (_, before, after, events) => {
    const fleet = await startReleasedFleet({ released: null });
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    await client.request(pollUrl, { 'RAUC-System-Version': '1.0.0', ...before });
    const known = (await fleet.journal('dev-1')).length;
    fleet.wait(3600);
    await client.request(pollUrl, after);
    expect((await fleet.journal('dev-1')).slice(known)).toEqual(events);
    await fleet.close();
  });
});

describe('a new device that waits for admission', () => {
  it.each(protocols)('gets nothing and no bytes until a person admits it, over %s', async (protocol) => {
    const fleet = await startReleasedFleet({ fleetRules: { newDevices: 'waiting' } });
    const { client, rauc } = await fleet.connect('dev-1', protocol);
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'waiting-for-admission' });
    const manifest = () => client.request(`/api/v1/manifest.json?compatible=${board}`);
    expect(JSON.parse((await manifest()).body.toString())).toMatchObject({
      bundle_url: '',
      reason: expect.stringContaining('waiting for admission') as string,
    });
    expect((await client.request('/bundles/v2.0.0.raucb')).status).toBe(403);
    expect((await client.request('/bundles/no-such.raucb')).status).toBe(403); // names are not told either
    expect(await rauc.open('t-1')).toMatchObject({ statuses: [204] });
    expect(await fleet.latest('dev-1')).toBeNull();

    await fleet.services.manageDevices.admit('dev-1', person);
    expect(JSON.parse((await manifest()).body.toString())).toMatchObject({ filename: 'v2.0.0.raucb' });
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    expect(await rauc.install('t-2')).toMatchObject({ statuses: [307, 206] });
    await fleet.close();
  });

  it('is known as soon as it asks for a bundle', async () => {
    const fleet = await startReleasedFleet({ fleetRules: { newDevices: 'waiting' } });
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    expect((await client.request('/bundles/v2.0.0.raucb')).status).toBe(403);
    expect(await fleet.seen('dev-1')).toMatchObject({ admission: 'waiting' });
    await fleet.close();
  });
});

it('is known by its IPv4 address in its own notation, also at a listener for both families', async () => {
  const fleet = await startReleasedFleet({ change: { host: '::' } });
  const url = `https://127.0.0.1:${fleet.server.address.port}`;
  for (const protocol of protocols) {
    const id = `dev-${protocol.replace(/\W/g, '')}`;
    const client = await connectDevice(url, await fleet.device(id), protocol);
    await client.request(pollUrl);
    expect((await fleet.seen(id)).address).toBe('127.0.0.1');
  }
  await fleet.close();
});
