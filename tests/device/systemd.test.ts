import path from 'node:path';
import { eventually } from '../support/eventually';
import { Device } from './device';
import { firmware, type Firmware } from './firmware';
import { UpdateServer } from './update-server';

interface DeviceAnswer {
  readonly installation: { readonly id: number; readonly bundle: string; readonly state: string } | null;
}

const id = 'dut-9';
const minuteMs = 60_000;

/** The kit's units under a real systemd, with RAUC's own unit. The slots share `/etc/rauc`. */
describe('a device with systemd that is set up with a kit', () => {
  let made: Firmware;
  let server: UpdateServer;
  let device: Device;

  const systemConf = () => device.mustExec('cat /etc/rauc/system.conf');
  const install = (env = '') => device.mustExec(`${env} /data/kit/device-kit-${id}/install.sh`);
  const installation = async () => (await server.read<DeviceAnswer>(`/api/devices/${id}`)).installation;
  const journal = (unit: string) =>
    device.mustExec(`journalctl --sync; journalctl --quiet --boot --unit=${unit} --output=cat --no-pager`);
  /** How often RAUC was told in this boot that the slot is good. */
  const marks = async () =>
    (await journal('rauc.service')).split('marked slot(s) rootfs.0 as good').length - 1;
  /** Whether it was told so in this run of its service. */
  const isMarked = async () =>
    (
      await device.mustExec(
        'journalctl --sync; journalctl --quiet --boot --output=cat --no-pager ' +
          '_SYSTEMD_INVOCATION_ID=$(systemctl show --property=InvocationID --value rauc.service)',
      )
    ).includes('marked slot(s) rootfs.0 as good');
  /** What RAUC's own poller does when it finds something. */
  const installPolled = () => device.exec(`rauc install ${server.deviceUrl}/api/v1/update.raucb`);

  beforeAll(async () => {
    made = await firmware();
    server = await UpdateServer.start(path.join(made.deviceFiles, 'keyring.pem'));
    device = await Device.boot({
      serial: id,
      factoryImage: made.factoryImage,
      init: 'systemd',
      slotSizeMiB: 32,
    });
    await device.put(made.deviceFiles, '/etc/rauc');
    await device.mustExec(`cd /etc/rauc && sed -i '/^\\[streaming\\]/,/^$/d' system.conf`);
    await device.put(await server.makeKit(id, 'test-device'), '/data/kit');
    await device.mustExec('cd /data/kit && tar -xzf *.tar.gz');
  });

  it('gets no line in a shared system.conf that an older RAUC would not start with, unless there is none', async () => {
    const said = await install();
    expect(said).toContain(
      'a RAUC before 1.11 in another slot would not start with it:\n  send-headers=boot-id;',
    );
    expect(await systemConf()).toContain('[streaming]\ntls-cert=/etc/rauc/update/device.crt\n');
    expect(await systemConf()).not.toContain('send-headers');

    await install('RAUC_VERSION=1.15');
    expect(await systemConf()).toContain('\nsend-headers=boot-id;');
    expect(await device.mustExec('systemctl is-active rauc.service')).toBe('active');
    await device.mustExec('systemctl stop rauc-update-poll.timer');
  });

  it('gets the lines of its own RAUC when system.conf lies in the slot', async () => {
    await device.mustExec(
      `rm /etc/rauc && cp -a /data/etc/rauc /etc/rauc && sed -i '/^send-headers/d' /etc/rauc/system.conf`,
    );
    expect(await install()).not.toContain('another slot');
    expect(await systemConf()).toContain('\nsend-headers=boot-id;');
    await device.mustExec(
      'rm -r /etc/rauc && ln -s /data/etc/rauc /etc/rauc && systemctl restart rauc.service',
    );
  });

  it("marks the slot good once more in each run of RAUC's service", async () => {
    // RAUC's service may start five times in 10 s: what the tests before took of them is given back, here and below.
    await device.mustExec('systemctl reset-failed rauc.service');
    await device.mustExec('systemctl start rauc-update-mark-good.service');
    await eventually(isMarked, minuteMs);
    await device.mustExec('systemctl restart rauc.service');
    await eventually(isMarked, minuteMs);
    await device.mustExec('systemctl restart rauc.service; systemctl restart rauc.service');
    await eventually(isMarked, minuteMs);
    // It dies, and the bus starts it again when it is asked for. Who asks while the bus still waits for the one that died may
    // get no answer within the 25 s of a call, and asks again.
    await device.mustExec('systemctl reset-failed rauc.service && systemctl kill --signal=KILL rauc.service');
    await eventually(
      async () => (await device.exec('systemctl --quiet is-failed rauc.service')).code === 0,
      minuteMs,
    );
    await eventually(async () => (await device.exec('rauc status')).code === 0, 2 * minuteMs);
    await eventually(isMarked, minuteMs);
    expect(await device.mustExec('systemctl --failed --plain --no-legend')).not.toContain('rauc-update-');
  });

  it('does not mark a slot good that was found bad, or not found good yet', async () => {
    const again = 'systemctl start rauc-update-mark-good-again.service';
    const count = await marks();
    await device.mustExec(`rauc status mark-bad && systemctl restart rauc.service && ${again}`);
    expect(await journal('rauc-update-mark-good-again.service')).toContain('marked bad, and stays bad');
    expect(await marks()).toBe(count);
    await device.mustExec(
      `rauc status mark-good && rm /run/rauc-update/good && systemctl restart rauc.service && ${again}`,
    );
    expect(await marks()).toBe(count + 1);
    // A kit of before kept no such note: the installer does for it.
    await install();
    await device.mustExec('test -e /run/rauc-update/good');
  });

  it("tells how the installations of RAUC's own poller end, and of no others", async () => {
    const told = async () =>
      [...(await journal('rauc-update-watch.service')).matchAll(/^rauc-update-watch: (.*)$/gm)].map(
        ([, said]) => said,
      );
    const becomes = (state: string) =>
      eventually(async () => (await installation())?.state === state, minuteMs);
    await device.mustExec('systemctl start rauc-update-watch.service');
    await server.release(made.bundles.big, 'test-device');
    await device.put(made.bundles.otherCompatible, '/tmp');
    expect((await device.exec('rauc install /tmp/otherCompatible.raucb')).code).not.toBe(0);
    expect((await device.exec('rauc install https://ota.test:1/api/v1/update.raucb')).code).not.toBe(0);
    expect((await installPolled()).code).not.toBe(0); // larger than its slot
    await eventually(async () => (await told()).length > 0, minuteMs);
    expect(await told()).toEqual(['failed']);
    await becomes('failed');
    const { log } = await server.read<{ log: string }>(
      `/api/installations/${(await installation())?.id}/log`,
    );
    expect(log).toContain('update.raucb` failed: 1');

    await server.release(made.bundles.v2, 'test-device');
    expect((await installPolled()).code).toBe(0);
    await becomes('installed');
    expect(await told()).toEqual(['failed', 'installed']);
  });
});
