import path from 'node:path';
import { Device } from './device';
import { enroll, install, mustInstall } from './enrolled-device';
import { firmware, type Firmware } from './firmware';
import { UpdateServer } from './update-server';

/** One device's life, in order: each chapter starts where the one before ended. */
describe('a device that is updated by rauc install', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;
  const primarySlot = () => device.mustExec('/usr/lib/device/boot-backend get-primary');

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'));
    device = await Device.boot({ serial: 'dut-1', factoryImage: made.factoryImage });
    await enroll(device, 'dut-1', server, made);
  });

  it('streams a bundle over HTTP/2 into the other slot and runs the new version', async () => {
    await mustInstall(device, await server.publish(made.bundles.v2));
    const log = await device.log();
    expect(log).toContain('streaming bundle');
    expect(log).not.toContain('HTTP/1'); // RAUC warns of it
    expect(await device.booted()).toEqual({ slot: 'A', version: '1.0.0' });
    expect(await device.reboot()).toEqual({ slot: 'B', version: '2.0.0' });
  });

  it('refuses a bundle for another compatible', async () => {
    const { code, output } = await install(device, await server.publish(made.bundles.otherCompatible));
    expect(code).toBe(1);
    expect(output).toMatch(/compatible/i);
    expect(await primarySlot()).toBe('B');
  });

  it('refuses to stream a plain bundle', async () => {
    const { code, output } = await install(device, await server.publish(made.bundles.plain));
    expect(code).toBe(1);
    expect(output).toMatch(/plain/);
    expect(await primarySlot()).toBe('B');
  });

  it('asks what to install, and streams the encrypted bundle that it is offered', async () => {
    await server.release(made.bundles.crypt, 'test-device');
    const tls = '--cacert ca.crt --cert device.crt --key device.key';
    const manifest = JSON.parse(
      await device.mustExec(
        `cd /etc/rauc && curl -sS --fail-with-body ${tls} ${server.deviceUrl}/api/v1/manifest.json?compatible=test-device`,
      ),
    ) as { bundle_url: string };
    await mustInstall(device, manifest.bundle_url);
    expect(await device.reboot()).toEqual({ slot: 'A', version: '3.0.0' });
  });

  it('falls back to the old slot when the new version does not boot', async () => {
    await mustInstall(device, await server.publish(made.bundles.badBoot));
    expect(await primarySlot()).toBe('B');
    expect(await device.reboot()).toEqual({ slot: 'A', version: '3.0.0' });
  });

  it('is refused when its certificate is revoked, and with another one it is not', async () => {
    const url = await server.publish(made.bundles.v2);
    await mustInstall(device, url);
    await server.revokeDevice('dut-1');
    expect((await install(device, url)).code).toBe(1);
    await enroll(device, 'dut-2', server, made);
    await mustInstall(device, url);
  });
});
