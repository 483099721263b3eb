import type { Device } from '../../../src/core/device';
import { DomainError } from '../../../src/core/errors';
import type { Fleet } from '../../../src/ports/fleet';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, type MakeAdapter, told } from './adapter';
import { line } from './catalog-parts';

/** How every store takes what contacts make of devices. */
export function describeDeviceUpdates(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const restart = async () => {
    await adapter.reopen();
    return adapter.fleet();
  };

  /** A contact that adds its name to what the device told before, and to the journal. */
  const contact = (fleet: Fleet, name: string) =>
    fleet.updateOnDisk('a', ({ record }) => {
      const before = record?.device ?? deviceOf('a');
      return { answer: namesOf(before), device: withName(before, name), events: [line(name)] };
    });

  it.each<[string, () => Promise<Fleet>]>([
    ['nobody knows', () => adapter.fleet()],
    [
      'the database knows',
      async () => {
        await contact(await adapter.fleet(), 'a');
        return restart();
      },
    ],
    [
      'was heard recently',
      async () => {
        const fleet = await adapter.fleet();
        await contact(fleet, 'a');
        return fleet;
      },
    ],
  ])('takes contacts of the same moment one after the other, of a device that %s', async (_, known) => {
    const fleet = await known();
    const names = ['b', 'c', 'd', 'e'];
    const answers = await Promise.all(names.map((name) => contact(fleet, name)));
    const found = (await fleet.find('a'))?.device;
    expect(
      namesOf(found)
        .filter((name) => name !== 'a')
        .sort(),
    ).toEqual(names);
    // Each was decided on what the one before had made of the device.
    const had = namesOf(found).length - names.length;
    expect(answers.map((before) => before.length - had).sort()).toEqual([0, 1, 2, 3]);
    const onDisk = (await (await restart()).find('a'))?.device;
    expect(onDisk).toEqual(found);
    expect(await told(adapter)).toEqual(
      expect.arrayContaining(names.map((name) => `${name}: bundle.deleted`)),
    );
  });

  it('gives each installation a number of its own', async () => {
    const fleet = await adapter.fleet();
    const ids = Array.from({ length: 20 }, (_, index) => `dev-${String(index)}`);
    const begun = await Promise.all(
      ids.map((deviceId) =>
        fleet.updateOnDisk(deviceId, ({ nextInstallationId }) => {
          const id = nextInstallationId();
          return {
            answer: id,
            device: deviceOf(deviceId),
            installations: [installationOf({ id, deviceId })],
          };
        }),
      ),
    );
    expect(new Set(begun).size).toBe(ids.length);
    const again = await restart();
    const found = await Promise.all(ids.map(async (id) => (await again.find(id))?.installation?.id));
    expect(found).toEqual(begun);
  });

  it('gives the last place of a release to one of those that ask at the same moment', async () => {
    const fleet = await adapter.fleet(1);
    const ids = ['a', 'b', 'c'];
    const answers = await Promise.all(
      ids.map((deviceId) =>
        fleet.updateOnDisk(deviceId, ({ releases, nextInstallationId }) => {
          const device = deviceOf(deviceId);
          if (releases.inProgress(1) >= 1) return { answer: false, device };
          return {
            answer: true,
            device,
            installations: [installationOf({ id: nextInstallationId(), deviceId })],
          };
        }),
      ),
    );
    expect(answers.filter((hasPlace) => hasPlace)).toHaveLength(1);
  });

  it('changes nothing when what decides throws', async () => {
    const fleet = await adapter.fleet();
    await contact(fleet, 'b');
    const before = await fleet.find('a');
    const failing = fleet.update('a', () => {
      throw new DomainError('forbidden', 'no');
    });
    await expect(failing).rejects.toEqual(refusal('forbidden'));
    expect(await fleet.find('a')).toEqual(before);
  });

  it('tells when it is not on disk, and keeps it to be written', async () => {
    const fleet = await adapter.fleet();
    await contact(fleet, 'b');
    adapter.failAt(1);
    await expect(contact(fleet, 'c')).rejects.toEqual(refusal('storage-full'));
    adapter.failAt(Infinity);
    await contact(fleet, 'd');
    expect(namesOf((await (await restart()).find('a'))?.device)).toEqual(['b', 'c', 'd']);
    expect(await told(adapter)).toHaveLength(3);
  });
}

/** Who has told something, in the order in which it was taken. */
function namesOf(device: Device | undefined): readonly string[] {
  const serial = device?.facts.serial ?? '';
  return serial === '' ? [] : serial.split(' ');
}

function withName(device: Device, name: string): Device {
  const serial = [...namesOf(device), name].join(' ');
  return { ...device, lastContactAt: madeAt, facts: { ...device.facts, serial } };
}
