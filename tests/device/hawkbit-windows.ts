import path from 'node:path';
import { eventually } from '../support/eventually';
import { startHoldingRelay } from '../support/holding-relay';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { HawkbitUpdater } from './hawkbit-updater';
import { UpdateServer } from './update-server';

const id = 'dut-11';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What the updater logs when its window is closed. */
const waits = /not invoking RAUC yet \(maintenance window is 'unavailable'\)\./;

/** The first full minute after so much time. */
function minuteAfter(ms: number): Date {
  return new Date(Math.ceil((Date.now() + ms) / minuteMs) * minuteMs);
}

/** A window of a release, in UTC. */
function windowOf(opensAt: Date, closesAt: Date): string {
  const clock = (at: Date) => at.toISOString().slice(11, 16);
  return `daily ${clock(opensAt)}-${clock(closesAt)}`;
}

const untilItIs = (at: Date) => eventually(() => Date.now() >= at.getTime(), 10 * minuteMs);

jest.setTimeout(30 * minuteMs);

/** Windows pass by the clock, so CI has no time for them: npm run test:hawkbit. One life of a device, in order. */
describe('a maintenance window and rauc-hawkbit-updater', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;
  let updater: HawkbitUpdater;

  const primarySlot = () => device.mustExec('/usr/lib/device/boot-backend get-primary');
  const release = (bundle: string, opensAt: Date, closesAt: Date) =>
    server.release(bundle, 'test-device', ['--window', windowOf(opensAt, closesAt)]);

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'), {
      DDI_POLL_INTERVAL: '5s',
      DDI_DOWNLOAD_AHEAD: 'true',
    });
    device = await Device.boot({ serial: id, factoryImage: made.factoryImage, init: 'systemd' });
    updater = await HawkbitUpdater.setUp(device, server, made);
    await updater.configure({ retry_wait: '5' });
  });

  it('stays closed when server and device start again, and opens by the clock while the server is down', async () => {
    await release(made.bundles.v2, minuteAfter(11 * hourMs), minuteAfter(12 * hourMs));
    await updater.untilLogged(waits);
    await updater.untilMessage('proceeding/none: Download complete');
    const action = (await updater.installation())?.id;

    await server.kill();
    await server.startAgain();
    await updater.reboot();
    await updater.untilLogged(waits);
    expect(await primarySlot()).toBe('A');
    expect((await updater.installation())?.id).toBe(action);

    const opensAt = minuteAfter(20_000);
    await release(made.bundles.v2, opensAt, minuteAfter(hourMs));
    await server.kill();
    await untilItIs(opensAt);
    expect(await primarySlot()).toBe('A');
    await server.startAgain();
    await updater.untilState('v2.raucb', 'installed');
    expect((await updater.installation())?.id).toBe(action);
    expect((await updater.reboot()).version).toBe('2.0.0');
    await updater.untilState('v2.raucb', 'proven');
  });

  it('that closes while server and device are down does not stop what has begun', async () => {
    const relay = await startHoldingRelay(Number(new URL(server.deviceUrl).port));
    const held = relay.hold(2 << 20);
    await updater.configure({ hawkbit_server: `ota.test:${relay.port}` });
    const closesAt = minuteAfter(2 * minuteMs);
    await release(made.bundles.v3, minuteAfter(-hourMs), closesAt);
    await held;
    await updater.untilState('v3.raucb', 'downloading');
    const action = (await updater.installation())?.id;
    await device.mustExec('sync');
    await device.powerOff();
    await server.kill();
    relay.release();

    await untilItIs(closesAt);
    await server.startAgain();
    await device.powerOn();
    await updater.untilState('v3.raucb', 'installed');
    expect((await updater.installation())?.id).toBe(action);
    expect((await updater.reboot()).version).toBe('3.0.0');
    await updater.untilState('v3.raucb', 'proven');
  });

  it('of an assignment stays closed when server and device start again, and opens while the server is down', async () => {
    const assign = (opensAt: Date) => {
      const schedule = `${opensAt.getUTCSeconds()} ${opensAt.getUTCMinutes()} ${opensAt.getUTCHours()} ? * *`;
      const maintenanceWindow = { schedule, duration: '01:00:00', timezone: '+00:00' };
      return server.assign(made.bundles.v2, id, { maintenanceWindow });
    };
    const { slot } = await device.booted();
    const action = await assign(new Date(Date.now() + 11 * hourMs));
    await updater.untilLogged(waits);
    await updater.untilMessage('proceeding/none: Download complete');

    await server.kill();
    await server.startAgain();
    await updater.reboot();
    await updater.untilLogged(waits);
    expect(await primarySlot()).toBe(slot);

    const opensAt = new Date(Date.now() + 20_000);
    expect(await assign(opensAt)).toBe(action);
    await server.kill();
    await untilItIs(opensAt);
    expect(await primarySlot()).toBe(slot);
    await server.startAgain();
    await updater.untilState('v2.raucb', 'installed');
    expect((await updater.installation())?.id).toBe(action);
    expect(await primarySlot()).not.toBe(slot);
  });
});
