import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, temporaryFolder } from '../support/programs';
import { Device } from './device';
import { firmware } from './firmware';

describe('the test device', () => {
  it('runs commands, takes files, and keeps its data partition when the power is cut', async () => {
    const { factoryImage, deviceFiles } = await firmware();
    const device = await Device.boot({ serial: 'dut-9', factoryImage });
    expect(await device.booted()).toEqual({ slot: 'A', version: '1.0.0' });
    expect(await device.exec('hostname; exit 3')).toEqual({ output: 'dut-9\n', code: 3 });
    expect(await device.mustExec('sha256sum', Buffer.from('abc'))).toContain(
      'ba7816bf8f01cfea414140de5dae2223',
    );

    // The host's loopback is 10.0.2.2: nothing else is in reach.
    expect(await device.mustExec('ip route')).toBe('10.0.2.0/24 dev eth0 scope link  src 10.0.2.15');

    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'noise'), randomBytes(1 << 20));
    await device.put(deviceFiles, '/etc/rauc');
    await device.put(path.join(folder, 'noise'), '/usr/local/share');
    await device.put(path.join(folder, 'noise'), '/opt');
    const sum = await device.mustExec('sync; sha256sum </usr/local/share/noise');

    await device.powerOff();
    await expect(device.exec('true')).rejects.toThrow('is off');
    expect(await device.powerOn()).toEqual({ slot: 'A', version: '1.0.0' });
    expect(await device.mustExec('sha256sum </usr/local/share/noise')).toBe(sum);
    expect(await device.mustExec('ls /etc/rauc')).toContain('keyring.pem');
    expect((await device.exec('test -e /opt/noise')).code).toBe(1);
  });
});

describe("the test device's scripts", () => {
  it('are shellcheck clean', async () => {
    const vm = path.join(__dirname, 'vm');
    const overlay = [
      'init',
      'usr/sbin/rauc-service',
      'usr/lib/device/{boot-backend,choose-slot,exec,system-info}',
    ];
    const files = overlay.map((name) => `overlay/${name}`).join(' ');
    await mustRun('bash', ['-c', `shellcheck *.sh && shellcheck --shell=dash ${files}`], { cwd: vm });
  });
});
