import { circumstance } from '../../../../../src/core/circumstances/catalogue';
import type { SeenBoot } from '../../../../../src/core/board';
import { type DeviceRecord, newcomer } from '../../../../../src/core/device-record';
import { packRecord, unpackRecord } from '../../../../../src/store/sqlite/fleet/packed-record';
import { deviceOf } from '../../../../support/device-factory';
import { installationOf, madeAt } from '../../../../support/fleet-factory';

const later = (minutes: number) => new Date(madeAt.getTime() + minutes * 60_000);

/** As a board tells of itself; no two of its values are the same. */
function bootOf(name: string, minute: number): SeenBoot {
  return {
    bootId: `boot of ${name}`,
    serial: `serial of ${name}`,
    machineId: `machine of ${name}`,
    systemVersion: `version of ${name}`,
    address: `address of ${name}`,
    firstSeenAt: later(minute),
    lastSeenAt: later(minute + 1),
  };
}

/** Everything that can be known of a device, each value another one: what changes places is seen. */
const full: DeviceRecord = {
  device: {
    id: 'a',
    createdAt: later(1),
    firstContactAt: later(2),
    lastContactAt: later(3),
    address: '192.0.2.77',
    protocol: 'h2',
    facts: {
      compatible: 'gateway',
      variant: 'variant',
      serial: 'SN 1 "ü"',
      machineId: 'machine',
      bootId: 'boot',
      systemVersion: '1.2.3',
      uptimeSeconds: 12.5,
      attributes: { slot: 'A', site: 'Köln \ud800', ['__proto__']: 'own' },
    },
    channel: 'beta',
    labels: ['lab', 'site=cologne'],
    notes: 'in the hall\nbehind the door',
    admission: 'waiting',
    hold: { reason: 'repair', by: 'anna', at: later(4) },
    pin: {
      bundleName: 'pinned.raucb',
      by: 'ben',
      at: later(5),
      terms: {
        kind: 'soft',
        forcedAt: later(50),
        window: { schedule: '0 0 3 ? * SAT', duration: '02:00:00', timezone: '+01:00' },
      },
    },
    certificates: [
      { serial: 'c1', firstSeenAt: later(6), lastSeenAt: later(7) },
      { serial: 'c2', firstSeenAt: later(8), lastSeenAt: later(9) },
    ],
    boards: {
      boots: [bootOf('first', 10), bootOf('second', 12)],
      second: {
        foundAt: later(14),
        notedAt: later(15),
        own: bootOf('own', 16),
        other: bootOf('other', 18),
        unclear: bootOf('third', 20),
      },
      freshAt: later(22),
    },
    boundCompatibles: ['gateway', 'gateway-2'],
    claimedCompatible: 'router',
    pollerOmits: ['boot-id'],
  },
  installation: installationOf({
    id: 7,
    deviceId: 'a',
    releaseId: 8,
    step: 9,
    targetVersion: 'target',
    fromVersion: 'from',
    fromBootId: 'boot before',
    fromSlot: 'A',
    bootedVersion: 'booted',
    bootedSlot: 'B',
    state: 'failed',
    offeredAt: later(30),
    offerEndsAt: later(31),
    startedAt: later(32),
    installedAt: later(33),
    movedAt: later(34),
    endedAt: later(35),
    updatedAt: later(36),
    transactionId: 'transaction',
    attempts: 10,
    polls: 11,
    bytesSent: 2 ** 40,
    bytesBefore: 13,
    leastBytes: 14,
    wholeBytes: 15,
    bundleSizeBytes: 16,
    progressPercent: 17,
    message: 'it failed',
    signature: 'accepted',
    silentPolls: 18,
    isPresumed: true,
    clearedAt: later(37),
  }),
  failures: new Map([['f'.repeat(64), 2]]),
  interruptions: new Map([
    ['e'.repeat(64), 1],
    ['d'.repeat(64), 3],
  ]),
};

describe('a packed record', () => {
  it('has all that is known of a device', () => {
    expect(unpackRecord('a', packRecord(full))).toEqual(full);
  });

  it('tells a reason of the server from one that a person or a device wrote', () => {
    const reason = circumstance('held-with-pin', { why: circumstance('database-older') });
    for (const why of [reason, JSON.stringify(reason)]) {
      const hold = { reason: why, by: 'server', at: later(1) };
      const installation = installationOf({ deviceId: 'a', message: why });
      const record = { ...full, device: { ...full.device, hold }, installation };
      expect(unpackRecord('a', packRecord(record))).toEqual(record);
    }
  });

  it('knows what is not known', () => {
    const made = newcomer(deviceOf('a', { firstContactAt: null, lastContactAt: null, address: null }));
    expect(unpackRecord('a', packRecord(made))).toEqual(made);
    const offered = { ...made, installation: installationOf({ deviceId: 'a' }) };
    expect(unpackRecord('a', packRecord(offered))).toEqual(offered);
    const { boards } = full.device;
    const alone = { ...full, device: { ...full.device, boards: { ...boards, second: null } } };
    expect(unpackRecord('a', packRecord(alone))).toEqual(alone);
  });

  it('is the same again after the device was looked at', () => {
    const packed = Buffer.from(packRecord(full));
    expect(packRecord(unpackRecord('a', packed))).toEqual(packed);
  });

  it('of a usual device is short, so that a large fleet fits into memory', () => {
    const serial = 'SN-0123456789';
    const machineId = 'f'.repeat(32);
    const bootId = '00000000-0000-4000-8000-000000000000';
    const told = { serial, machineId, bootId, systemVersion: '2.0.0' };
    const seen = { firstSeenAt: madeAt, lastSeenAt: madeAt };
    const usual = newcomer(
      deviceOf('device-000001', {
        facts: { ...told, uptimeSeconds: 1_000_000, attributes: { slot: 'A' } },
        certificates: [{ serial: '1000001', ...seen }],
        boards: { boots: [{ ...told, address: '192.0.2.1', ...seen }], second: null, freshAt: null },
      }),
    );
    expect(packRecord(usual).length).toBeLessThan(384);
    expect(packRecord({ ...usual, installation: installationOf() }).length).toBeLessThan(768);
  });
});
