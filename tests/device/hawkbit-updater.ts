import { eventually } from '../support/eventually';
import type { Booted, Device } from './device';
import type { Firmware } from './firmware';
import type { UpdateServer } from './update-server';

const unit = 'rauc-hawkbit-updater.service';
const conf = '/etc/rauc-hawkbit-updater/config.conf';

/** Long enough for an installation on a machine with other work. */
export const longMs = 15 * 60_000;

/** The installation of a device, as the REST API shows it. */
export interface ShownInstallation {
  readonly id: number;
  readonly bundle: string;
  readonly state: string;
  readonly message: string | null;
}

/** A device with systemd, and what a test does with the `rauc-hawkbit-updater` on it. */
export class HawkbitUpdater {
  private constructor(
    readonly device: Device,
    private readonly server: UpdateServer,
  ) {}

  /** Installs the kit as it is. The updater runs from now on, also after a reboot. */
  static async setUp(device: Device, server: UpdateServer, made: Firmware): Promise<HawkbitUpdater> {
    await device.put(made.deviceFiles, '/etc/rauc');
    await device.mustExec(`cd /etc/rauc && sed -i '/^\\[streaming\\]/,/^$/d' system.conf`);
    await device.put(await server.makeKit(device.serial, 'test-device', 'hawkbit'), '/data/kit');
    await device.mustExec(
      `cd /data/kit && tar -xzf *.tar.gz && device-kit-${device.serial}/install.sh && systemctl restart rauc.service`,
    );
    const updater = new HawkbitUpdater(device, server);
    await updater.markGood();
    await device.mustExec(`systemctl enable --now ${unit}`);
    return updater;
  }

  /**
   * Changes its configuration and starts it again.
   * @param settings of the section `[client]`; `null` removes one
   */
  async configure(settings: Readonly<Record<string, string | null>>): Promise<void> {
    const lines = Object.entries(settings).map(([name, value]) =>
      value === null
        ? `sed -i '/^${name} = /d' ${conf}`
        : `sed -i -e '/^${name} = /d' -e '/^\\[client\\]/a ${name} = ${value}' ${conf}`,
    );
    await this.device.mustExec([...lines, `systemctl restart ${unit}`].join('\n'));
  }

  async stop(): Promise<void> {
    await this.device.mustExec(`systemctl stop ${unit}`);
  }

  async start(): Promise<void> {
    await this.device.mustExec(`systemctl start ${unit}`);
  }

  /** Reboots the device; what comes up is marked good, as a service of the board does. */
  async reboot(): Promise<Booted> {
    const booted = await this.device.reboot();
    await this.markGood();
    return booted;
  }

  /** What it has logged since its latest start. */
  log(): Promise<string> {
    return this.device.mustExec(
      'journalctl --sync; journalctl --quiet --boot --output=cat --no-pager ' +
        `_SYSTEMD_INVOCATION_ID=$(systemctl show --property=InvocationID --value ${unit})`,
    );
  }

  /** Resolves when it has logged this. */
  async untilLogged(text: string | RegExp): Promise<void> {
    await this.until(async () => (await this.log()).search(text) >= 0);
  }

  /** The device's latest installation; `null` for none, also if the device is unknown. */
  async installation(): Promise<ShownInstallation | null> {
    const address = `/api/devices/${this.device.serial}`;
    const shown = await this.server
      .read<{ installation: ShownInstallation | null }>(address)
      .catch(() => null);
    return shown?.installation ?? null;
  }

  /** Resolves when the installation of this bundle is in this state. */
  async untilState(bundle: string, state: string): Promise<void> {
    await this.until(async () => {
      const shown = await this.installation();
      return shown?.bundle === bundle && shown.state === state;
    });
  }

  /** The log of the device's messages about its latest installation. */
  async messages(): Promise<string> {
    const { log } = await this.server.read<{ log: string }>(
      `/api/installations/${(await this.installation())?.id}/log`,
    );
    return log;
  }

  /** Resolves when the device has sent this message about its latest installation: it logs one before it sends it. */
  async untilMessage(text: string): Promise<void> {
    await this.until(async () => (await this.messages().catch(() => '')).includes(text));
  }

  /** Waits, and if that is in vain the error tells what the updater and the server know. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    try {
      await eventually(isSo, longMs);
    } catch (cause) {
      const known = JSON.stringify(await this.installation());
      throw new Error(`${String(cause)}\nserver: ${known}\nupdater:\n${await this.log()}`, { cause });
    }
  }

  private async markGood(): Promise<void> {
    await this.device.mustExec('rauc status mark-good');
  }
}
