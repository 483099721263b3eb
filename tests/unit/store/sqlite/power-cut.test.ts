import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { HeldDisk } from '../../../support/held-disk';
import { mustRun, temporaryFolder } from '../../../support/programs';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'power-cut-child.ts');

/** How many cuts, five on what each has left of the one before; more of them for who changed what waits for the disk. */
const cuts = Number(process.env['POWER_CUTS'] ?? 3);

/** Writes until so many rows are acknowledged, and is cut off. @returns their names */
async function writeUntilCut(
  env: Readonly<Record<string, string>>,
  [dataDir, first, count]: readonly [string, number, number],
): Promise<readonly string[]> {
  const writer = spawn(process.execPath, ['-r', hook, child, dataDir, `${first}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > count) writer.kill('SIGKILL');
  });
  writer.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [, signal] = (await once(writer, 'close')) as [number | null, string | null];
  expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' });
  return output.split('\n').slice(0, -1);
}

/** Asked in another process, which leaves no connection behind. */
async function rowsOf(dataDir: string): Promise<ReadonlySet<string>> {
  const { stdout } = await mustRun(process.execPath, ['-r', hook, child, dataDir, 'rows']);
  const { integrity, names } = JSON.parse(stdout) as { integrity: unknown; names: readonly string[] };
  expect(integrity).toEqual([{ integrity_check: 'ok' }]);
  return new Set(names);
}

it(
  `a power cut takes nothing back that was acknowledged (${cuts} of them)`,
  async () => {
    for (let cut = 0; cut < cuts; cut += 5) await cutOff(Math.min(5, cuts - cut), cut);
  },
  60_000 * Math.ceil(cuts / 3),
);

async function cutOff(times: number, first: number): Promise<void> {
  const folder = await temporaryFolder();
  const disk = await HeldDisk.make(folder);
  const acknowledged: string[] = [];
  let dataDir = path.join(folder, 'data-0');
  await rowsOf(dataDir); // made
  for (let cut = 1; cut <= times; cut += 1) {
    // Only what was synced is there afterwards: the worst that a disk may do.
    const image = path.join(folder, `data-${cut}`);
    await cp(dataDir, image, { recursive: true });
    const count = 20 + ((first + cut * 3) % 11) * 20;
    const names = await writeUntilCut(disk.envWithImage(image), [dataDir, cut * 100_000, count]);
    acknowledged.push(...names);
    const rows = await rowsOf(image);
    expect(acknowledged.filter((name) => !rows.has(name))).toEqual([]);
    dataDir = image;
  }
}
