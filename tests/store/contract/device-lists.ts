import { noBoards } from '../../../src/core/board';
import { deviceSorts } from '../../../src/core/device-sort';
import type { DecisionChange } from '../../../src/core/device-decisions';
import type { Fleet } from '../../../src/ports/fleet';
import type { DeviceQuery, ListedDevice } from '../../../src/ports/fleet-queries';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import type { ContractAdapter, MakeAdapter } from './adapter';

const page: DeviceQuery = { sort: 'id', isDescending: false, limit: 100 };

const idsOf = (devices: readonly ListedDevice[]) => devices.map(({ device }) => device.id);

/** What every store lists of a fleet, and what it finds. */
export function describeDeviceLists(make: MakeAdapter): void {
  const held = { reason: 'on a desk', by: 'local', at: madeAt };
  const seen = {
    firstSeenAt: madeAt,
    lastSeenAt: madeAt,
    address: null,
    machineId: null,
    systemVersion: null,
  };
  const own = { ...seen, bootId: 'b-1', serial: 'SN-77' };
  const other = { ...seen, bootId: 'b-2', serial: 'SN-78' };
  const twins = { foundAt: madeAt, notedAt: madeAt, own, other, unclear: null };
  const fleet: readonly Parameters<ContractAdapter['put']>[0][] = [
    {
      device: deviceOf('alpha', {
        facts: {
          serial: 'SN-77',
          systemVersion: '1.0.0',
          attributes: { slot: 'A', region: 'Eu-West' },
          uptimeSeconds: 5,
        },
        boards: { ...noBoards, second: twins },
        labels: ['lab', 'site=berlin'],
        address: '2001:DB8::7',
        certificates: [
          { serial: '0a', firstSeenAt: madeAt, lastSeenAt: madeAt },
          { serial: '0b', firstSeenAt: new Date(madeAt.getTime() + 1), lastSeenAt: madeAt },
        ],
      }),
      installations: [
        installationOf({ id: 1, deviceId: 'alpha', releaseId: 8, state: 'failed' }),
        installationOf({ id: 2, deviceId: 'alpha', releaseId: 9, state: 'proven' }),
      ],
    },
    {
      device: deviceOf('Beta', {
        boundCompatibles: ['board'],
        claimedCompatible: 'other',
        pollerOmits: [],
        channel: 'beta',
        notes: 'Under the 100% desk_top',
        labels: ['lab'],
        hold: held,
      }),
      installations: [installationOf({ id: 3, deviceId: 'Beta', releaseId: 8, state: 'rolled-back' })],
    },
    {
      device: deviceOf('gamma', {
        facts: { compatible: 'other', systemVersion: '2.0.0', machineId: 'C0FFEE00' },
        lastContactAt: new Date(madeAt.getTime() + 1),
        notes: 'C:\\FW Ä',
        pollerOmits: ['boot-id', 'system-version'],
        pin: { bundleName: 'fw.raucb', by: 'local', at: madeAt },
      }),
      installations: [],
    },
    {
      device: deviceOf('delta', {
        facts: { compatible: null },
        firstContactAt: null,
        lastContactAt: null,
        admission: 'waiting',
      }),
      installations: [],
    },
  ];
  let adapter: ContractAdapter;
  beforeAll(async () => {
    adapter = await make();
    for (const known of fleet) await adapter.put(known);
  });
  afterAll(() => adapter.close());

  const list = (asked: Partial<DeviceQuery>) => adapter.store.listing.list({ ...page, ...asked });

  it.each<[Partial<DeviceQuery>, string[]]>([
    [{}, ['Beta', 'alpha', 'delta', 'gamma']],
    [{ search: 'ALPH' }, ['alpha']],
    [{ search: 'sn-7' }, ['alpha']],
    [{ search: '100% DESK_' }, ['Beta']],
    [{ search: '%' }, ['Beta']],
    [{ search: 'l_a' }, []],
    [{ search: 'k_t' }, ['Beta']],
    [{ search: 'kXt' }, []],
    [{ search: '\\' }, ['gamma']],
    [{ search: 'c:\\fw' }, ['gamma']],
    [{ search: 'c:fw' }, []],
    [{ search: '\\%' }, []],
    [{ search: 'z' }, []],
    [{ search: 'ET' }, ['Beta']],
    [{ search: 'alphasn-77' }, []],
    [{ search: 'alpha sn-77' }, []],
    [{ search: 'labsite' }, []],
    [{ search: 'west2001' }, []],
    [{ search: 'Ä' }, ['gamma']],
    [{ search: 'ä' }, []],
    [{ search: 'c0ffee' }, ['gamma']],
    [{ search: '2001:db8' }, ['alpha']],
    [{ search: '192.0.2.1' }, ['Beta', 'delta', 'gamma']],
    [{ search: 'SITE=ber' }, ['alpha']],
    [{ search: 'eu-w' }, ['alpha']],
    [{ search: 'region=EU' }, ['alpha']],
    [{ search: '{' }, []],
    [{ search: '"' }, []],
    [{ search: 'lab', isHeld: true }, ['Beta']],
    [{ search: '' }, ['Beta', 'alpha', 'delta', 'gamma']],
    [{ search: 'a', compatible: 'board' }, ['Beta', 'alpha']],
    [{ compatible: 'board' }, ['Beta', 'alpha']],
    [{ channel: 'beta' }, ['Beta']],
    [{ version: '2.0.0' }, ['gamma']],
    [{ label: 'lab' }, ['Beta', 'alpha']],
    [{ label: 'site=berlin' }, ['alpha']],
    [{ label: 'la' }, []],
    [{ state: 'proven' }, ['alpha']],
    [{ state: 'failed' }, []],
    [{ state: 'none' }, ['delta', 'gamma']],
    [{ isHeld: true }, ['Beta']],
    [{ isHeld: false }, ['alpha', 'delta', 'gamma']],
    [{ isPinned: true }, ['gamma']],
    [{ isPinned: false }, ['Beta', 'alpha', 'delta']],
    [{ isWaiting: true }, ['delta']],
    [{ isWaiting: false }, ['Beta', 'alpha', 'gamma']],
    [{ hasSecondBoard: true }, ['alpha']],
    [{ hasSecondBoard: false }, ['Beta', 'delta', 'gamma']],
    [{ hasOtherClaim: true }, ['Beta']],
    [{ hasOtherClaim: false }, ['alpha', 'delta', 'gamma']],
    [{ hasSilentPoller: true }, ['gamma']],
    [{ hasSilentPoller: false }, ['Beta', 'alpha', 'delta']],
    [{ hasSilentPoller: true, hasSecondBoard: true }, []],
    [{ lastContactBefore: madeAt }, []],
    [{ lastContactBefore: new Date(madeAt.getTime() + 1) }, ['Beta', 'alpha']],
    [{ lastContactBefore: new Date(madeAt.getTime() + 1), isHeld: false }, ['alpha']],
    [{ lastContactBefore: new Date(madeAt.getTime() + 2), sort: 'last_contact' }, ['Beta', 'alpha', 'gamma']],
    [{ releaseId: 8 }, ['Beta']],
    [{ releaseId: 9, label: 'lab', isHeld: false }, ['alpha']],
    [{ sort: 'last_contact' }, ['delta', 'Beta', 'alpha', 'gamma']],
    [{ sort: 'version' }, ['Beta', 'delta', 'alpha', 'gamma']],
    [{ sort: 'version', isDescending: true }, ['gamma', 'alpha', 'delta', 'Beta']],
    [{ sort: 'state' }, ['delta', 'gamma', 'alpha', 'Beta']],
    [{ isDescending: true }, ['gamma', 'delta', 'alpha', 'Beta']],
  ])('for %j', async (asked, ids) => {
    const { devices, ...rest } = await list(asked);
    const whole = { next: null, total: ids.length, totalIsEstimate: false };
    expect({ ids: idsOf(devices), ...rest }).toEqual({ ids, ...whole });
  });

  it.each(deviceSorts.flatMap((sort) => [false, true].map((isDescending) => ({ sort, isDescending }))))(
    'for %j, page by page: also where some have no value, and some the same',
    async (asked) => {
      const all = idsOf((await list(asked)).devices);
      const found: string[] = [];
      let after: string | null = null;
      do {
        const place: { after?: string } = after === null ? {} : { after };
        const { devices, next } = await list({ ...asked, ...place, limit: 1 });
        found.push(...idsOf(devices));
        after = next;
      } while (after !== null && found.length <= all.length);
      expect(found).toEqual(all);
    },
  );

  it('has each device with labels, certificates and its latest installation', async () => {
    const {
      devices: [first],
    } = await list({ search: 'alpha' });
    expect(first).toEqual({ device: fleet[0]?.device, installation: fleet[0]?.installations?.[1] });
  });

  it('refuses a place in another list, and what is none', async () => {
    const { next } = await list({ limit: 1 });
    const places = [
      { after: next ?? '', sort: 'version' as const },
      { after: next ?? '', isDescending: true },
      ...['', 'e30', 'not a place', '%%%', Buffer.from('["id",false,5,"a"]').toString('base64url')].map(
        (after) => ({ after }),
      ),
    ];
    for (const asked of places) {
      await expect(list(asked)).rejects.toMatchObject(refusal('invalid-input'));
    }
    const { devices } = await list({ limit: 2, after: next ?? '' });
    expect(idsOf(devices)).toEqual(['alpha', 'delta']);
  });
}

/** Devices are found by what they are now. */
export function describeDeviceSearch(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  let fleet: Fleet;
  beforeEach(async () => {
    adapter = await make();
    const facts = { serial: 'SN-1', machineId: 'f00d' };
    for (const id of ['a', 'b', 'c']) await adapter.put({ device: deviceOf(id, { facts }) });
    fleet = await adapter.fleet();
  });
  afterEach(() => adapter.close());

  const list = (asked: Partial<DeviceQuery>) => adapter.store.listing.list({ ...page, ...asked });
  const found = async (search: string) => idsOf((await list({ search })).devices);
  const decide = (id: string, change: DecisionChange) =>
    fleet.decisions.decide(
      id,
      () => change,
      () => [],
    );

  it('by what they report, and no longer by what they reported', async () => {
    const facts = { serial: 'SN-2', machineId: 'f00d', attributes: { slot: 'B' } };
    await adapter.put({ device: deviceOf('b', { facts, address: '198.51.100.7' }) });
    expect(await found('sn-1')).toEqual(['a', 'c']);
    expect(await found('SN-2')).toEqual(['b']);
    expect(await found('slot=b')).toEqual(['b']);
    expect(await found('51.100')).toEqual(['b']);
    expect(await found('192.0.2')).toEqual(['a', 'c']);
  });

  it('by what people note of them', async () => {
    await decide('a', { notes: 'On the Roof' });
    await decide('b', { labels: ['roof', 'old'] });
    expect(await found('roof')).toEqual(['a', 'b']);
    await decide('a', { notes: '' });
    await decide('b', { labelChange: { added: ['new'], removed: ['roof'] } });
    expect(await found('roof')).toEqual([]);
    expect([await found('NEW'), await found('old')]).toEqual([['b'], ['b']]);
  });

  it('until they are forgotten', async () => {
    await decide('a', { labels: ['roof'] });
    const { next } = await list({ limit: 1 });
    await fleet.decisions.forget('a', () => []);
    expect(await found('roof')).toEqual([]);
    expect(idsOf((await list({ after: next ?? '' })).devices)).toEqual(['b', 'c']);
  });
}
