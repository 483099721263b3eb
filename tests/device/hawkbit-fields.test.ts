import { stat } from 'node:fs/promises';
import path from 'node:path';
import { startRewritingProxy } from '../support/rewriting-proxy';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { HawkbitUpdater } from './hawkbit-updater';
import { UpdateServer } from './update-server';

const id = 'dut-10';

/** What the updater logs when it is not to install yet. */
const skips = 'hawkBit requested to skip installation, not invoking RAUC yet';

/** An assignment's window, every day from so many hours from now. */
function windowIn(hours: number, duration: string) {
  const opens = new Date(Date.now() + hours * 3_600_000);
  const schedule = `0 ${opens.getUTCMinutes()} ${opens.getUTCHours()} ? * *`;
  return { maintenanceWindow: { schedule, duration, timezone: '+00:00' } };
}

jest.setTimeout(20 * 60_000);

/** What `rauc-hawkbit-updater` makes of each field of a deployment, in its own words. One life of a device, in order. */
describe('a deployment, as rauc-hawkbit-updater reads it', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;
  let updater: HawkbitUpdater;

  const primarySlot = () => device.mustExec('/usr/lib/device/boot-backend get-primary');
  const hawkbitPort = () => Number(new URL(server.hawkbitUrl).port);

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'), {
      DDI_POLL_INTERVAL: '5s',
      HAWKBIT_PORT: '0',
      HAWKBIT_HOST: '127.0.0.1',
    });
    device = await Device.boot({ serial: id, factoryImage: made.factoryImage, init: 'systemd' });
    updater = await HawkbitUpdater.setUp(device, server, made);
    await updater.until(async () => {
      const shown = await server.read<{ compatible: unknown }>(`/api/devices/${id}`).catch(() => null);
      return shown?.compatible === 'test-device';
    });
  });

  it('fails if the checksum is another one than that of the bundle', async () => {
    const proxy = await startRewritingProxy({
      certsDir: path.join(server.folder, 'certs'),
      targetPort: hawkbitPort(),
      rewrite: (json) => json.replace(/"sha1":"[0-9a-f]{40}"/, `"sha1":"${'0'.repeat(40)}"`),
    });
    await updater.configure({
      ssl_key: null,
      ssl_cert: null,
      auth_token: await server.makeToken(id),
      hawkbit_server: `ota.test:${proxy.port}`,
    });
    await server.assign(made.bundles.v3, id, { type: 'soft' });
    await updater.untilState('v3.raucb', 'failed');
    const says = /Software: test-device V3\.0\.0\. Invalid checksum: [0-9a-f]{40} expected 0{40}/;
    expect(await updater.log()).toMatch(says);
    expect((await updater.installation())?.message).toMatch(says);
  });

  it('fails if the device has no room for the size of the bundle', async () => {
    await device.mustExec('mkdir /run/small && mount -t tmpfs -o size=1m,mode=777 none /run/small');
    await updater.configure({
      hawkbit_server: `ota.test:${hawkbitPort()}`,
      bundle_download_location: '/run/small/bundle.raucb',
    });
    await server.assign(made.bundles.v2, id, { type: 'soft' });
    await updater.untilState('v2.raucb', 'failed');
    const { size } = await stat(made.bundles.v2);
    const says = new RegExp(`File size ${size} exceeds available space \\d+`);
    expect(await updater.log()).toMatch(says);
    expect((await updater.installation())?.message).toMatch(says);
  });

  it('is over with the download if it is only to be downloaded', async () => {
    await updater.configure({ bundle_download_location: '/tmp/bundle.raucb' });
    await server.assign(made.bundles.v3, id, { type: 'downloadonly' });
    await updater.untilState('v3.raucb', 'withdrawn');
    expect(await updater.log()).toContain(`${skips}.`);
    expect(await updater.messages()).toContain('downloaded/success: File checksum OK.');
    expect(await primarySlot()).toBe('A');
  });

  it('names the bundle, is downloaded while its window is closed, and installed under the same id when it opens', async () => {
    const action = await server.assign(made.bundles.v2, id, windowIn(12, '00:01:00'));
    await updater.untilLogged(/not invoking RAUC yet \(maintenance window is 'unavailable'\)\./);
    const { size } = await stat(made.bundles.v2);
    const url = `https://ota.test:${hawkbitPort()}/DEFAULT/controller/v1/${id}/softwaremodules/${action}/artifacts/v2.raucb`;
    expect(await updater.log()).toContain(
      `New software ready for download (Name: test-device, Version: 2.0.0, Size: ${size} bytes, URL: ${url})`,
    );
    await updater.untilMessage('proceeding/none: Download complete');
    expect(await primarySlot()).toBe('A');

    expect(await server.assign(made.bundles.v2, id, windowIn(-1, '12:00:00'))).toBe(action);
    await updater.untilState('v2.raucb', 'installed');
    expect((await updater.installation())?.id).toBe(action);
    expect(await primarySlot()).toBe('B');
  });
});
