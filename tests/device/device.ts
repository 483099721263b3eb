import { copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { mustRun, temporaryFolder } from '../support/programs';
import { Machine } from './machine';
import { deviceSystem } from './system';

export interface DeviceOptions {
  /** Serial number and host name. */
  readonly serial: string;
  /** Image of slot A as the factory wrote it; slot B is empty. */
  readonly factoryImage: string;
  /** What runs it: its own first process, or systemd with RAUC's unit. Default `own`. */
  readonly init?: 'own' | 'systemd';
  /** Default 96 MiB. */
  readonly slotSizeMiB?: number;
}

export interface CommandResult {
  /** Standard output and standard error. */
  readonly output: string;
  readonly code: number;
}

/** Which slot runs, and the version in it. */
export interface Booted {
  readonly slot: string;
  readonly version: string;
}

const ready = /init: ready slot=(\w) version=(\S+)\n/;
const devices: Device[] = [];

/**
 * A RAUC device with two slots, a boot loader that falls back, and a data partition that outlives reboots: QEMU
 * emulates it, so it boots in 5 to 15 s. Turned off after all tests of the file.
 */
export class Device {
  private machine: Machine | undefined;
  private port = 0;

  private constructor(
    private readonly folder: string,
    readonly serial: string,
    private readonly init: 'own' | 'systemd',
  ) {}

  /** Makes a device fresh from the factory and boots it. */
  static async boot(options: DeviceOptions): Promise<Device> {
    const folder = await temporaryFolder();
    const size = (options.slotSizeMiB ?? 96) << 20;
    await copyFile(options.factoryImage, path.join(folder, 'slot-a.img'));
    await truncate(path.join(folder, 'slot-a.img'), size);
    for (const [name, bytes] of [
      ['slot-b.img', size],
      ['data.img', 64 << 20],
    ] as const) {
      await writeFile(path.join(folder, name), '');
      await truncate(path.join(folder, name), bytes);
    }
    const device = new Device(folder, options.serial, options.init ?? 'own');
    devices.push(device);
    await device.powerOn();
    return device;
  }

  /** Boots it on the disks that it has. */
  async powerOn(): Promise<Booted> {
    const machine = Machine.powerOn({
      system: await deviceSystem(),
      folder: this.folder,
      serial: this.serial,
      init: this.init,
    });
    this.machine = machine;
    const booted = bootedFrom(await machine.waitFor(ready));
    this.port = await machine.commandPort();
    return booted;
  }

  /** Pulls the plug. */
  async powerOff(): Promise<void> {
    await this.machine?.powerOff();
    this.machine = undefined;
  }

  /** Reboots as a program on the device would, and resolves when a slot is up: perhaps not the one that was asked for. */
  async reboot(): Promise<Booted> {
    const machine = this.running();
    const from = machine.console.length;
    await this.exec('sync; (sleep 0.5; umount /data; reboot -f) >/dev/null 2>&1 &');
    return bootedFrom(await machine.waitFor(ready, from));
  }

  /** Runs a shell script on the device. `input` is its standard input. Several may run at a time. */
  async exec(script: string, input: Buffer = Buffer.alloc(0)): Promise<CommandResult> {
    const answer = (await this.ask(script, input)).toString();
    const trailer = /\n__exit=(\d+)\n$/.exec(answer);
    if (trailer === null) throw new Error(`the device was lost during: ${script}\n${answer}`);
    return { output: answer.slice(0, trailer.index), code: Number(trailer[1]) };
  }

  /** Runs a shell script that must succeed, and returns what it printed, trimmed. */
  async mustExec(script: string, input?: Buffer): Promise<string> {
    const { output, code } = await this.exec(script, input);
    if (code !== 0) throw new Error(`on the device, ${script} ended with ${code}:\n${output}`);
    return output.trim();
  }

  /**
   * Copies a file or a folder's content to a folder of the device. Only `/data`, and `/etc/rauc`, `/usr/local` and
   * `/var/lib` which are links to it, outlive a reboot.
   */
  async put(source: string, targetFolder: string): Promise<void> {
    const isFolder = (await stat(source)).isDirectory();
    const archive = path.join(this.folder, 'put.tar');
    const from = isFolder ? [source, '.'] : [path.dirname(source), path.basename(source)];
    await mustRun('tar', ['--owner=0', '--group=0', '-cf', archive, '-C', ...from]);
    await this.mustExec(
      `mkdir -p '${targetFolder}' && tar -xf - -C '${targetFolder}'`,
      await readFile(archive),
    );
  }

  /** Which slot runs now, and its version. */
  async booted(): Promise<Booted> {
    const [slot = '', version = ''] = (
      await this.mustExec('cat /run/booted-slot /slot/etc/device-version')
    ).split('\n');
    return { slot, version };
  }

  /** The RAUC service's log since it booted, for a failure's message. */
  log(): Promise<string> {
    return this.mustExec('cat /run/rauc.log');
  }

  private running(): Machine {
    if (this.machine === undefined) throw new Error(`device ${this.serial} is off`);
    return this.machine;
  }

  private async ask(script: string, input: Buffer): Promise<Buffer> {
    this.running();
    const text = Buffer.from(`${script}\n`);
    const socket = net.connect(this.port, '127.0.0.1');
    socket.write(Buffer.concat([Buffer.from(`${text.length} ${input.length}\n`), text, input]));
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }
}

function bootedFrom(match: RegExpExecArray): Booted {
  return { slot: match[1] ?? '', version: match[2] ?? '' };
}

afterAll(async () => {
  await Promise.all(devices.splice(0).map((device) => device.powerOff()));
});
