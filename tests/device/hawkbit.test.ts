import path from 'node:path';
import { startHoldingRelay } from '../support/holding-relay';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { HawkbitUpdater } from './hawkbit-updater';
import { UpdateServer } from './update-server';

const id = 'dut-9';

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

  it('tells who it is, downloads a bundle, installs it, and is proven by its boot', async () => {
    await updater.until(async () => {
      const shown = await server.read<Record<string, unknown>>(`/api/devices/${id}`).catch(() => null);
      return shown?.['compatible'] === 'test-device' && shown['system_version'] === '1.0.0';
    });
    await release(made.bundles.v2);
    await updater.untilState('v2.raucb', 'installed');
    expect(await updater.messages()).toMatch(
      /proceeding\/none: Download complete[^]*checksum OK[^]*closed\/success/,
    );
    expect(await updater.reboot()).toEqual({ slot: 'B', version: '2.0.0' });
    await updater.untilState('v2.raucb', 'proven');
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
});
