import path from 'node:path';
import { startHoldingRelay } from '../support/holding-relay';
import { startMirror } from '../support/mirror';
import { startRewritingProxy } from '../support/rewriting-proxy';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { HawkbitUpdater } from './hawkbit-updater';
import { UpdateServer } from './update-server';

const id = 'dut-9';

jest.setTimeout(20 * 60_000);

/** What CI has no time for: npm run test:hawkbit. One life of a device, in order. */
describe('a device with rauc-hawkbit-updater', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;
  let updater: HawkbitUpdater;

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

  it('tells the attributes of its configuration', async () => {
    await device.mustExec(`printf 'product = Häuschen\\n' >>/etc/rauc-hawkbit-updater/config.conf`);
    await updater.configure({});
    await updater.until(async () => {
      const address = `/api/devices/${id}`;
      const shown = await server.read<{ attributes: Record<string, string> }>(address).catch(() => null);
      return shown?.attributes['product'] === 'Häuschen';
    });
  });

  it('tells why an installation failed, and does not get the bundle again', async () => {
    await device.mustExec(
      'cd /etc/rauc && cp keyring.pem keyring.kept && cp /etc/rauc/update/device.crt keyring.pem',
    );
    await server.release(made.bundles.v2, 'test-device');
    await updater.untilState('v2.raucb', 'failed');
    expect((await updater.installation())?.message).toMatch(/LastError: .*signature/i);
    await device.mustExec('cd /etc/rauc && mv keyring.kept keyring.pem');
  });

  it('completes an installation although the server is killed and started again in the middle of the download', async () => {
    const relay = await startHoldingRelay(Number(new URL(server.deviceUrl).port));
    const held = relay.hold(2 << 20);
    await updater.configure({ hawkbit_server: `ota.test:${relay.port}` });
    await server.release(made.bundles.v3, 'test-device');
    await held;
    await server.kill();
    await server.startAgain();
    relay.release();
    await updater.untilState('v3.raucb', 'installed');
    expect(await updater.reboot()).toEqual({ slot: 'B', version: '3.0.0' });
    await updater.untilState('v3.raucb', 'proven');
  });

  it('follows a redirect of the download to another server, which does not get its token', async () => {
    const certsDir = path.join(server.folder, 'certs');
    const mirror = await startMirror(certsDir, made.bundles.v5);
    const proxy = await startRewritingProxy({
      certsDir,
      targetPort: Number(new URL(server.hawkbitUrl).port),
      redirect: (at) => (at.includes('/artifacts/') ? `https://ota.test:${mirror.port}/v5.raucb` : null),
    });
    await updater.configure({
      ssl_key: null,
      ssl_cert: null,
      auth_token: await server.makeToken(id),
      hawkbit_server: `ota.test:${proxy.port}`,
    });
    await server.release(made.bundles.v5, 'test-device');
    await updater.untilState('v5.raucb', 'installed');
    expect(await updater.messages()).toContain('File checksum OK.');
    expect(mirror.authorizations).toEqual([null]);
  });
});
