import path from 'node:path';
import { eventually } from '../support/eventually';
import { Device } from './device';
import { receivedBytes, untilReceived } from './enrolled-device';
import { firmware, type Firmware } from './firmware';
import { UpdateServer } from './update-server';

interface DeviceAnswer {
  readonly compatible: string | null;
  readonly system_version: string | null;
  readonly protocol: string | null;
  readonly installation: {
    readonly bundle: string;
    readonly state: string;
    readonly target_version: string | null;
    readonly bundle_size: number;
    readonly bytes_saved: number | null;
  } | null;
}

interface Release {
  readonly id: number;
  readonly bundle: string;
}

const id = 'dut-9';

/**
 * One device's life in a fleet, in order: the server issues its certificate and its kit, the kit goes onto the device as it is,
 * and from then on the device's own poller does everything.
 */
describe('a device that is set up with a kit', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;

  const shown = () => server.read<DeviceAnswer>(`/api/devices/${id}`);
  const state = async () => (await shown()).installation?.state;
  /** What a timer does on a device with systemd; the reboot is the test's. */
  const poll = () => device.exec('RAUC_UPDATE_REBOOT_COMMAND=true /usr/local/sbin/rauc-update-poll');
  /** What a service does after each boot. */
  const markGood = () => device.mustExec('RAUC_UPDATE_TRIES=3 /usr/local/sbin/rauc-update-mark-good');
  const release = (bundle: string) =>
    server.manage('bundle', 'upload', bundle, '--activate', '--compatible', 'test-device');

  /** Polls, and what is offered must be installed. */
  async function mustUpdate(): Promise<void> {
    const { code, output } = await poll();
    if (code !== 0 || !output.includes('installed')) throw new Error(`${output}\n${await device.log()}`);
  }

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'));
    device = await Device.boot({ serial: id, factoryImage: made.factoryImage });
    await device.put(made.deviceFiles, '/etc/rauc');
    // The board as its maker ships it knows nothing of an update server.
    await device.mustExec(
      `cd /etc/rauc && sed -i '/^\\[streaming\\]/,/^$/d' system.conf && ! grep -q streaming system.conf`,
    );
    await device.put(await server.makeKit(id, 'test-device'), '/data/kit');
    await device.mustExec(
      `cd /data/kit && tar -xzf *.tar.gz && device-kit-${id}/install.sh && rauc-service restart`,
    );
  });

  it('is known after its first poll, which finds nothing', async () => {
    const { code, output } = await poll();
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('nothing is released') as string,
    });
    expect(await shown()).toMatchObject({
      compatible: 'test-device',
      system_version: '1.0.0',
      protocol: 'h2',
      installation: null,
    });
  });

  it('completes an installation although the server is killed and another bundle is released in the middle', async () => {
    await release(made.bundles.big);
    const before = await receivedBytes(device);
    const updating = mustUpdate();
    await untilReceived(device, before + (16 << 20));
    expect(await state()).toBe('downloading');
    await server.kill();
    await server.startAgain();
    await release(made.bundles.bigNext);
    await updating;
    expect(await device.log()).not.toContain('HTTP/1'); // RAUC warns of it
    expect(await state()).toBe('installed');

    expect(await device.reboot()).toEqual({ slot: 'B', version: '2.0.0' });
    await markGood();
    expect((await shown()).installation).toMatchObject({
      bundle: 'big.raucb',
      state: 'proven',
      target_version: '2.0.0',
    });
  });

  it('fetches a part of the adaptive bundle that is current now, and the server tells what it saved', async () => {
    await mustUpdate();
    expect(await device.reboot()).toEqual({ slot: 'A', version: '3.0.0' });
    await markGood();
    const { installation } = await shown();
    expect(installation).toMatchObject({ bundle: 'bigNext.raucb', state: 'proven' });
    expect(installation?.bytes_saved).toBeGreaterThan((installation?.bundle_size ?? 0) * 0.7);
  });

  it('installs an encrypted bundle, and is proven to run a version that only it could read', async () => {
    await release(made.bundles.crypt4);
    await mustUpdate();
    expect(await device.reboot()).toEqual({ slot: 'B', version: '4.0.0' });
    await markGood();
    expect((await shown()).installation).toMatchObject({ state: 'proven', target_version: '4.0.0' });
    expect((await poll()).output).toContain('nothing to install');
  });

  it('is never offered a bundle of another compatible', async () => {
    await expect(release(made.bundles.otherCompatible)).rejects.toThrow(/other-device/);
    await server.manage('bundle', 'upload', made.bundles.otherCompatible, '--activate');
    expect((await poll()).output).toContain('nothing to install');
  });

  it('gets nothing while it is held', async () => {
    const held = await server.post(`/api/devices/${id}/hold`, { reason: 'on a desk' });
    expect(held).toBe(200);
    await release(made.bundles.v5);
    expect((await poll()).output).toMatch(/nothing to install: held by \S+: on a desk/);
    await server.post(`/api/devices/${id}/unhold`, {});
    await mustUpdate();
    expect(await device.reboot()).toEqual({ slot: 'A', version: '5.0.0' });
    await markGood();
    expect(await state()).toBe('proven');
  });

  it('installs a bundle that does not boot once, comes back with the old one, and is not offered it again', async () => {
    const released = await server.manage(
      'bundle',
      'upload',
      made.bundles.badBoot,
      '--activate',
      '--pause-at-failures',
      '1',
      '--json',
    );
    const { release: made9 } = JSON.parse(released) as { release: Release };
    await mustUpdate();
    expect(await device.reboot()).toEqual({ slot: 'A', version: '5.0.0' });
    expect((await poll()).output).toMatch(/nothing to install: (the rollout|this bundle failed here once)/);
    expect(await state()).toBe('rolled-back');
    await eventually(async () => {
      const { rollout } = await server.read<{ rollout: { state: string } }>(`/api/releases/${made9.id}`);
      return rollout.state === 'paused';
    }, 10_000);
    await server.manage('rollout', 'resume', String(made9.id));
    expect((await poll()).output).toContain('this bundle failed here once');
    expect(await device.booted()).toEqual({ slot: 'A', version: '5.0.0' });
  });

  it('is refused when its certificate is revoked', async () => {
    await server.revokeDevice(id);
    expect((await poll()).code).toBe(69);
  });
});
