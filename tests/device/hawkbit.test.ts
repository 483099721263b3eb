import { stat } from 'node:fs/promises';
import path from 'node:path';
import { startHoldingRelay } from '../support/holding-relay';
import { startRewritingProxy } from '../support/rewriting-proxy';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { HawkbitUpdater } from './hawkbit-updater';
import { UpdateServer } from './update-server';

const id = 'dut-9';

/** What the updater logs when it is not to install yet. */
const skips = 'hawkBit requested to skip installation, not invoking RAUC yet';

/** An assignment's window, every day from so many hours from now. */
function windowIn(hours: number, duration: string) {
  const opens = new Date(Date.now() + hours * 3_600_000);
  const schedule = `0 ${opens.getUTCMinutes()} ${opens.getUTCHours()} ? * *`;
  return { maintenanceWindow: { schedule, duration, timezone: '+00:00' } };
}

// An installation reports each percent over a new connection, which costs an emulated machine more than installing.
jest.setTimeout(20 * 60_000);

/**
 * One life of a device that keeps its `rauc-hawkbit-updater`, in order. It is configured by the kit; everything that happens on it is
 * the updater's doing but for the reboots.
 */
describe('a device with rauc-hawkbit-updater', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;
  let updater: HawkbitUpdater;

  const release = (bundle: string) => server.release(bundle, 'test-device');
  const primarySlot = () => device.mustExec('/usr/lib/device/boot-backend get-primary');

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'), {
      DDI_POLL_INTERVAL: '5s',
      HAWKBIT_PORT: '0',
      HAWKBIT_HOST: '127.0.0.1',
    });
    device = await Device.boot({ serial: id, factoryImage: made.factoryImage, init: 'systemd' });
    updater = await HawkbitUpdater.setUp(device, server, made);
  });

  it('tells who it is, downloads a bundle before its window opens, installs it when it opens, and is proven by its boot', async () => {
    await updater.until(async () => {
      const shown = await server.read<Record<string, unknown>>(`/api/devices/${id}`).catch(() => null);
      return shown?.['compatible'] === 'test-device' && shown['system_version'] === '1.0.0';
    });
    const action = await server.assign(made.bundles.v2, id, windowIn(12, '00:01:00'));
    await updater.untilLogged(`${skips} (maintenance window is 'unavailable').`);
    const { size } = await stat(made.bundles.v2);
    const url = `${server.deviceUrl}/DEFAULT/controller/v1/${id}/softwaremodules/${action}/artifacts/v2.raucb`;
    expect(await updater.log()).toContain(
      `New software ready for download (Name: test-device, Version: 2.0.0, Size: ${size} bytes, URL: ${url})`,
    );
    expect(await updater.messages()).toMatch(/proceeding\/none: Download complete[^]*checksum OK/);
    expect(await primarySlot()).toBe('A');

    expect(await server.assign(made.bundles.v2, id, windowIn(-1, '12:00:00'))).toBe(action);
    await updater.untilState('v2.raucb', 'installed');
    expect(await updater.messages()).toContain('closed/success');
    expect(await updater.reboot()).toEqual({ slot: 'B', version: '2.0.0' });
    await updater.untilState('v2.raucb', 'proven');
    await server.manage('device', 'unpin', id);
  });

  it('streams a bundle through RAUC, with the same certificate', async () => {
    // RAUC streams as `nobody`.
    await device.mustExec('chmod 644 /etc/rauc/update/device.key');
    await updater.configure({ stream_bundle: 'true' });
    await release(made.bundles.v3);
    await updater.untilState('v3.raucb', 'installed');
    expect(await updater.messages()).not.toContain('Download complete');
    expect((await updater.reboot()).version).toBe('3.0.0');
    await updater.untilState('v3.raucb', 'proven');
  });

  it('is not proven by a bundle that does not boot, and does not get it again', async () => {
    await updater.configure({ stream_bundle: null });
    const before = await device.booted();
    await release(made.bundles.badBoot);
    await updater.untilState('badBoot.raucb', 'installed');
    expect(await updater.reboot()).toEqual(before);
    await updater.untilState('badBoot.raucb', 'rolled-back');
  });

  it('stops before it starts when what it was offered was cancelled meanwhile', async () => {
    const { slot } = await device.booted();
    await updater.stop();
    await release(made.bundles.v5);
    const address = `${server.deviceUrl}/DEFAULT/controller/v1/${id}`;
    const tls = '--cert /etc/rauc/update/device.crt --key /etc/rauc/update/device.key';
    const action = /deploymentBase\/(\d+)/.exec(
      await device.mustExec(`curl -sS --fail-with-body ${tls} ${address}`),
    )?.[1];
    const feedback = '{"status":{"execution":"proceeding","result":{"finished":"none"}}}';
    await device.mustExec(
      `curl -sS --fail-with-body ${tls} --json '${feedback}' ${address}/deploymentBase/${action}/feedback`,
    );
    await server.manage('device', 'cancel', id);
    expect((await updater.installation())?.state).toBe('cancelling');
    await updater.start();
    await updater.untilState('v5.raucb', 'cancelled');
    expect(await updater.log()).toContain('Action canceled.');
    expect(await updater.log()).not.toContain('Start downloading');
    expect(await primarySlot()).toBe(slot);
  });

  it('cancels during a download, and installs the bundle when it is offered again; all with a token', async () => {
    const { slot } = await device.booted();
    const token = await server.makeToken(id);
    const relay = await startHoldingRelay(Number(new URL(server.hawkbitUrl).port));
    const held = relay.hold(2 << 20);
    await updater.configure({
      ssl_key: null,
      ssl_cert: null,
      auth_token: token,
      hawkbit_server: `ota.test:${relay.port}`,
    });
    await server.manage('device', 'clear', id);
    await held;
    expect(await updater.installation()).toMatchObject({ bundle: 'v5.raucb', state: 'downloading' });
    await server.manage('device', 'cancel', id);
    await updater.untilLogged('Received cancelation for action');
    expect((await updater.installation())?.state).toBe('cancelling');
    relay.release();
    await updater.untilState('v5.raucb', 'cancelled');
    expect(await primarySlot()).toBe(slot);

    await server.manage('device', 'clear', id);
    await updater.untilState('v5.raucb', 'installed');
    expect((await updater.reboot()).version).toBe('5.0.0');
    await updater.untilState('v5.raucb', 'proven');
  });

  it('says when a bundle has another checksum than it was told', async () => {
    const proxy = await startRewritingProxy({
      certsDir: path.join(server.folder, 'certs'),
      targetPort: Number(new URL(server.hawkbitUrl).port),
      rewrite: (json) => json.replace(/"sha1":"[0-9a-f]{40}"/, `"sha1":"${'0'.repeat(40)}"`),
    });
    await updater.configure({ hawkbit_server: `ota.test:${proxy.port}` });
    await server.assign(made.bundles.v3, id, { type: 'soft' });
    await updater.untilState('v3.raucb', 'failed');
    const says = /Software: test-device V3\.0\.0\. Invalid checksum: [0-9a-f]{40} expected 0{40}/;
    expect(await updater.log()).toMatch(says);
    expect((await updater.installation())?.message).toMatch(says);
  });

  it('says when it has no room for a bundle', async () => {
    await device.mustExec('mkdir /run/small && mount -t tmpfs -o size=1m,mode=777 none /run/small');
    const { port } = new URL(server.hawkbitUrl);
    await updater.configure({
      hawkbit_server: `ota.test:${port}`,
      bundle_download_location: '/run/small/bundle.raucb',
    });
    await server.assign(made.bundles.v2, id, { type: 'soft' });
    await updater.untilState('v2.raucb', 'failed');
    const { size } = await stat(made.bundles.v2);
    const says = new RegExp(`File size ${size} exceeds available space \\d+`);
    expect(await updater.log()).toMatch(says);
    expect((await updater.installation())?.message).toMatch(says);
  });

  it('only downloads what it is only to download', async () => {
    const slot = await primarySlot();
    await updater.configure({ bundle_download_location: '/tmp/bundle.raucb' });
    await server.assign(made.bundles.v3, id, { type: 'downloadonly' });
    await updater.untilState('v3.raucb', 'withdrawn');
    expect(await updater.log()).toContain(`${skips}.`);
    expect(await updater.messages()).toContain('downloaded/success: File checksum OK.');
    expect(await primarySlot()).toBe(slot);
  });
});
