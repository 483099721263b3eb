import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import type { DeviceSystem } from './system';

export interface MachineOptions {
  readonly system: DeviceSystem;
  /** Folder of the disks `slot-a.img`, `slot-b.img`, `data.img`. */
  readonly folder: string;
  readonly serial: string;
  /** What runs it: its own first process, or systemd. */
  readonly init: 'own' | 'systemd';
}

/** One QEMU process, from power on to power off. It ends with the process that started it. */
export class Machine {
  /** What the device wrote on its serial console. */
  console = '';
  private talk = '';
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly qemu: ChildProcessWithoutNullStreams,
    private readonly monitorPath: string,
  ) {
    this.ended = once(qemu, 'close');
    qemu.stdout.on('data', (piece: Buffer) => (this.console += piece.toString().replaceAll('\r', '')));
    qemu.stderr.on('data', (piece: Buffer) => (this.talk += piece.toString()));
  }

  /** Turns the machine on; `waitFor` tells when it is up. */
  static powerOn(options: MachineOptions): Machine {
    const monitor = path.join(options.folder, 'monitor');
    const { command, args, env } = qemuCommand(options, monitor);
    // A test run that is killed takes its machine along.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      env: { ...process.env, ...env },
    });
    child.stdin.end();
    return new Machine(child, monitor);
  }

  /**
   * Resolves with the first match on the console at or after `from` (an offset in `console`).
   * @param silentMs for how long the console may be silent: a device that falls back boots four times first
   * @throws Error when the machine ends or is silent for longer
   */
  waitFor(pattern: RegExp, from = 0, silentMs = 600_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.qemu.stdout.off('data', look);
        this.qemu.off('close', lost);
        settle();
      };
      const look = () => {
        timer.refresh();
        const match = pattern.exec(this.console.slice(from));
        if (match !== null) finish(() => resolve(match));
      };
      const fail = (why: string) =>
        finish(() =>
          reject(new Error(`no ${pattern.source} on the console: ${why}\n${this.console}${this.talk}`)),
        );
      const lost = () => fail('the machine is off');
      const timer = setTimeout(() => fail(`silent for ${silentMs} ms`), silentMs);
      this.qemu.stdout.on('data', look);
      this.qemu.on('close', lost);
      if (this.qemu.exitCode !== null) lost();
      look();
    });
  }

  /** The loopback port that QEMU chose for the device's command port. */
  async commandPort(): Promise<number> {
    const answer = await this.askMonitor('info usernet');
    const port = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(answer)?.[1];
    if (port === undefined) throw new Error(`QEMU forwards no port: ${answer}`);
    return Number(port);
  }

  /** Pulls the plug: what the device had not written to its disks is lost. */
  async powerOff(): Promise<void> {
    this.qemu.kill('SIGKILL');
    await this.ended;
  }

  private async askMonitor(question: string): Promise<string> {
    const socket = net.connect(this.monitorPath);
    let text = '';
    let asked = false;
    for await (const piece of socket) {
      text += String(piece);
      if (!text.endsWith('(qemu) ')) continue;
      if (asked) break;
      asked = true;
      text = '';
      socket.write(`${question}\n`);
    }
    socket.destroy();
    return text;
  }
}

/** QEMU runs on the libraries that it was packaged with, by their own loader; the machine below may be older. */
function qemuCommand(options: MachineOptions, monitor: string) {
  const { root, kernel, initrd } = options.system;
  const libraries = path.join(root, 'usr/lib/x86_64-linux-gnu');
  const disk = (name: string) => [
    '-drive',
    `if=virtio,format=raw,cache=unsafe,file=${path.join(options.folder, name)}`,
  ];
  return {
    command: path.join(root, 'usr/lib64/ld-linux-x86-64.so.2'),
    env: { QEMU_MODULE_DIR: path.join(libraries, 'qemu') },
    args: [
      ...['--library-path', libraries, path.join(root, 'usr/bin/qemu-system-x86_64')],
      ...['-L', path.join(root, 'usr/share/qemu'), '-L', path.join(root, 'usr/share/seabios')],
      ...['-M', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', '768'],
      ...[
        '-display',
        'none',
        '-nodefaults',
        '-serial',
        'stdio',
        '-monitor',
        `unix:${monitor},server=on,wait=off`,
      ],
      ...['-kernel', kernel, '-initrd', initrd],
      ...[
        '-append',
        `console=ttyS0 quiet panic=-1 mitigations=off device.serial=${options.serial} device.init=${options.init}`,
      ],
      ...[...disk('slot-a.img'), ...disk('slot-b.img'), ...disk('data.img')],
      ...['-netdev', 'user,id=net,hostfwd=tcp:127.0.0.1:0-:5555'],
      ...['-device', 'virtio-net-pci,netdev=net,romfile='],
      ...['-device', 'virtio-rng-pci'],
    ],
  };
}
