import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { hourMs } from '../../../support/fleet-factory';
import { mustRun, run, temporaryFolder } from '../../../support/programs';
import { type OpenedServices, openServices } from '../../../support/services';
import { onSqlite } from '../../../support/test-database';
import { RolloutFleet } from '../../../support/rollout-fleet';
import { SimulatedDevice } from '../../../support/simulated-device';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'fleet-fault-child.ts');
const person = { name: 'local', address: '127.0.0.1' };

/** Services with a release of version 1.0.0 for `test-board`, and a clock that the test sets. */
async function released(startAt = '2026-11-02T12:00:00Z') {
  let at = new Date(startAt);
  const opened = await openServices({ now: () => at });
  const made = await makeBundle();
  await opened.publish(made.path, { name: 'v1.raucb', activate: true });
  const setClock = (to: Date) => {
    at = to;
  };
  const device = (id: string) => new SimulatedDevice(opened.services, id, { now: () => at });
  return { ...opened, device, setClock, now: () => at };
}

const stateOf = async ({ services }: Pick<OpenedServices, 'services'>, id: string) =>
  (await services.manageDevices.get(id)).installation?.state;

/** Offers that stand and installations that run, as the devices have them. */
async function inProgress({ services }: Pick<OpenedServices, 'services'>): Promise<number> {
  const { devices } = await services.listFleet.list({ sort: 'id', isDescending: false, limit: 100 });
  const states = await Promise.all(devices.map(({ device: { id } }) => stateOf({ services }, id)));
  return states.filter((state) => state === 'offered' || state === 'downloading').length;
}

onSqlite.describe('a process killed right after an answer', () => {
  it.each([
    ['offered', { state: 'offered' }],
    ['downloading', { state: 'downloading', transactionId: 't-1', attempts: 1 }],
    ['installed', { state: 'installed' }],
    ['proven', { state: 'proven' }],
    ['rolled-back', { state: 'rolled-back' }],
    ['failed', { state: 'failed' }],
    ['cleared', { state: 'failed', clearedAt: expect.any(Date) as Date }],
  ])('knows that the installation is %s', async (point, installation) => {
    const opened = await afterKill(point);
    const details = await opened.services.manageDevices.get('dev-1');
    expect(details.installations).toHaveLength(1);
    expect(details.installation).toMatchObject(installation);
    if (point === 'failed')
      expect((await opened.services.manageDevices.log(details.installation?.id ?? 0)).log).toBe('no space');
    await opened.close();
  });

  it.each([
    ['held', { hold: { reason: 'on a desk', by: 'local' } }],
    ['pinned', { pin: { bundleName: 'bundle.raucb' } }],
  ])('knows that the device is %s', async (point, decided) => {
    const opened = await afterKill(point);
    expect((await opened.services.manageDevices.get('dev-1')).device).toMatchObject(decided);
    await opened.close();
  });

  it('has forgotten what was forgotten', async () => {
    const opened = await afterKill('forgotten');
    await expect(opened.services.manageDevices.get('dev-1')).rejects.toEqual(
      expect.objectContaining({ code: 'not-found' }) as Error,
    );
    await opened.close();
  });

  async function afterKill(point: string): Promise<OpenedServices> {
    const dataDir = path.join(await temporaryFolder(), 'data');
    const made = await makeBundle({ version: '1.0.0' });
    const { code, stderr } = await run(process.execPath, ['-r', hook, child, dataDir, made.path, point]);
    expect({ code, stderr }).toEqual({ code: 128, stderr: '' });
    return openServices({ dataDir });
  }
});

onSqlite.describe('a disk that is full', () => {
  it('leaves no device without an answer, acknowledges no report, and loses nothing once there is space', async () => {
    const dataDir = path.join(await temporaryFolder(), 'data');
    await mkdir(dataDir);
    const { path: bundle } = await makeBundle({ version: '1.0.0' });
    const script = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" -r "$3" "$4" "$1" "$5" full';
    const { stdout } = await mustRun('unshare', [
      ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
      ...['--mount', 'sh', '-c', script, 'sh'],
      ...[dataDir, process.execPath, hook, child, bundle],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      answers: ['bundle.raucb'],
      reported: 'storage-full',
      whileFull: { known: 'bundle.raucb', hold: 'storage-full', later: 'bundle.raucb' },
      afterwards: 'done',
      unsaved: 0,
    });
  });
});

onSqlite.describe('a database that another process keeps locked', () => {
  it('answers devices from what is known, refuses people, and writes once it can', async () => {
    const fleet = await released();
    const device = fleet.device('dev-1');
    expect(await device.offered()).toBe('v1.raucb');
    const other = new Sqlite(path.join(fleet.dataDir, 'server.db'));
    other.exec('BEGIN IMMEDIATE');

    expect(await device.poll('t-1')).toMatchObject({ kind: 'bundle' });
    expect(await fleet.device('dev-2').offered()).toBe('v1.raucb');
    const hold = fleet.services.manageDevices.hold('dev-1', '', person);
    await expect(hold).rejects.toMatchObject({ code: 'unavailable' });
    expect(await device.poll('t-1')).toMatchObject({ kind: 'bundle' });
    expect(fleet.services.health().unsavedDevices).toBeGreaterThan(0);

    other.exec('ROLLBACK');
    other.close();
    await fleet.services.runHousekeeping();
    await eventually(() => fleet.services.health().unsavedDevices === 0);
    await fleet.close();
    const again = await openServices({ dataDir: fleet.dataDir });
    expect(await stateOf(again, 'dev-1')).toBe('downloading');
    expect(await stateOf(again, 'dev-2')).toBe('offered');
    await again.close();
  });
});

describe('a server that hears nothing for years', () => {
  it('loses devices, and finds each again that comes back', async () => {
    const fleet = await released();
    const [began, told] = [fleet.device('began'), fleet.device('told')];
    await told.poll();
    await began.poll();
    await began.poll('t-1');
    fleet.setClock(new Date('2036-01-01T00:00:00Z'));
    await fleet.services.runHousekeeping();
    expect([await stateOf(fleet, 'began'), await stateOf(fleet, 'told')]).toEqual(['lost', 'lost']);

    fleet.setClock(new Date('2026-11-02T12:05:00Z'));
    expect(await told.offered()).toBe('v1.raucb');
    expect(await stateOf(fleet, 'told')).toBe('offered');
    began.boot('1.0.0');
    expect(await began.offered()).toBe('up-to-date');
    expect(await stateOf(fleet, 'began')).toBe('proven');
    await fleet.close();
  });

  it('back loses nobody, and goes on with what was begun', async () => {
    const fleet = await released();
    const device = fleet.device('dev-1');
    await device.poll();
    fleet.setClock(new Date('1999-01-01T00:00:00Z'));
    await fleet.services.runHousekeeping();
    expect(await device.poll('t-1')).toMatchObject({ kind: 'bundle' });
    device.boot('1.0.0');
    expect(await device.offered()).toBe('up-to-date');
    expect(await stateOf(fleet, 'dev-1')).toBe('proven');
    await fleet.close();
  });

  it.each(['poll', 'install'])(
    'past the end of offers and back leaves no more in progress than may be: they %s',
    async (how) => {
      const fleet = await RolloutFleet.start(6);
      const id = await fleet.release({ maxInProgress: 2 });
      const told = await fleet.offeredTo();
      expect(told).toHaveLength(2);
      const others = fleet.devices.filter((one) => !told.includes(one));
      fleet.later(hourMs + 1);
      for (const device of others.slice(0, 2)) expect(await device.offered()).toBe('v1.raucb');
      fleet.later(-hourMs);
      const ask = (device: SimulatedDevice) => device.poll(how === 'poll' ? null : `t-${device.id}`);
      const answers = await Promise.all(fleet.devices.map(ask));
      expect(answers.filter(({ kind }) => kind === 'bundle')).toHaveLength(2);
      expect(await inProgress(fleet.opened)).toBe(2);
      expect(fleet.opened.services.manageRollouts.get(id).rollout.state).toBe('running');
      // Who lost its place gets one when there is room.
      await fleet.install(others.slice(0, 2), '1.0.0');
      expect(await told[0]?.offered()).toBe('v1.raucb');
      await fleet.opened.close();
    },
  );

  it('a little does not prove what did not boot', async () => {
    const fleet = await released();
    const device = fleet.device('dev-1');
    await device.poll();
    await device.poll('t-1');
    for (const hours of [1, -2, 3]) {
      fleet.setClock(new Date(fleet.now().getTime() + hours * hourMs));
      await device.poll();
      expect(await stateOf(fleet, 'dev-1')).toBe('stopped');
    }
    await fleet.close();
  });
});

describe('10,000 devices that come at once', () => {
  const patienceMs = 600_000; // PostgreSQL makes some hundred devices a second, a busy machine a tenth of that

  it(
    'are all answered, and all known after a restart',
    async () => {
      const fleet = await released();
      const count = 10_000;
      const devices = Array.from({ length: count }, (_, index) => fleet.device(`dev-${index}`));
      const answers = await Promise.all(devices.map((device) => device.offered()));
      expect(new Set(answers)).toEqual(new Set(['v1.raucb']));
      await fleet.close();
      const again = await openServices({ dataDir: fleet.dataDir });
      const known = (await again.services.listFleet.census()).reduce(
        (sum, { devices: some }) => sum + some,
        0,
      );
      expect(known).toBe(count);
      expect(await again.services.listFleet.outcomes(1)).toEqual([
        { step: 0, state: 'offered', devices: count },
      ]);
      await again.close();
    },
    patienceMs,
  );
});
