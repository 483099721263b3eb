import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Device } from './device';
import { enroll, mustInstall, receivedBytes, untilReceived } from './enrolled-device';
import { firmware, type Firmware } from './firmware';
import { UpdateServer } from './update-server';

/** One device, in order: the second installation builds on the first. */
describe('a device that installs a big bundle', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'));
    device = await Device.boot({ serial: 'dut-3', factoryImage: made.factoryImage });
    await enroll(device, 'dut-3', server, made);
  });

  it('completes although the server is killed in the middle and started again', async () => {
    const sizeBytes = (await stat(made.bundles.big)).size;
    const url = await server.publish(made.bundles.big);
    const before = await receivedBytes(device);

    const installing = mustInstall(device, url);
    await untilReceived(device, before + Math.round(sizeBytes / 4));
    await server.kill();
    const atKill = (await receivedBytes(device)) - before;
    await server.startAgain();

    await installing;
    expect(atKill).toBeLessThan(sizeBytes * 0.8);
    expect(await device.log()).toContain('retrying'); // it did notice
    expect(await device.reboot()).toEqual({ slot: 'B', version: '2.0.0' });
  });

  it('fetches a small share of an adaptive bundle that differs a little from what runs', async () => {
    const sizeBytes = (await stat(made.bundles.bigNext)).size;
    const { receivedBytes } = await mustInstall(device, await server.publish(made.bundles.bigNext));
    expect(receivedBytes).toBeLessThan(sizeBytes / 4);
    expect(await device.reboot()).toEqual({ slot: 'A', version: '3.0.0' });
  });
});
