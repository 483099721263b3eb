/**
 * Servers that start on a full or read-only disk, in a process of its own because the disks are mounts of its own.
 * Arguments: a folder, a bundle, and the starts, such as `full/killed`: how the disk is, and how the run before ended: `closed`,
 * `killed`, or `copied` without the index of its -wal file.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Services } from '../../../../src/services/services';
import { openChildServices } from '../../../support/child-services';
import { fillDisk } from '../../../support/fill-disk';
import { SimulatedDevice } from '../../../support/simulated-device';

const [folder = '', bundle = '', ...starts] = process.argv.slice(2);
const now = () => new Date();
const person = { name: 'local', address: null };

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

/** A small disk, and how it breaks and is mended. */
function makeDisk(mount: string, how: string) {
  const filler = path.join(mount, 'filler');
  mkdirSync(mount, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', mount]);
  const remount = (mode: string) => execFileSync('mount', ['-o', `remount,${mode}`, mount]);
  return how === 'full'
    ? { break: () => fillDisk(filler), mend: () => rmSync(filler) }
    : { break: () => remount('ro'), mend: () => remount('rw') };
}

async function runBefore(lastRun: string, dataDir: string, end: string): Promise<void> {
  const first = await openChildServices(lastRun);
  await first.release(bundle);
  await new SimulatedDevice(first.services, 'known', { now }).poll();
  await first.services.manageDevices.hold('known', 'on a desk', person);
  if (end === 'closed') {
    await first.services.close();
    first.store.close();
  }
  // What a killed server leaves is what lies there while it runs.
  cpSync(lastRun, dataDir, { recursive: true });
  if (end === 'copied') rmSync(path.join(dataDir, 'server.db-shm'));
  copyFileSync(bundle, path.join(dataDir, 'bundles/found.raucb'));
}

async function ask(services: Services, other: SimulatedDevice) {
  const known = new SimulatedDevice(services, 'known', { now });
  return {
    known: await known.offered(),
    other: await other.offered(),
    report: await codeOf(Promise.resolve(other.report('installed'))),
    unhold: await codeOf(services.manageDevices.liftHold('known', person)),
    bundles: services.listBundles
      .list()
      .map(({ bundle: { name } }) => name)
      .sort(),
    problem: services.health().writeProblem?.code ?? null,
  };
}

/** As a command does beside the server: who closes a database last takes its -wal file away. */
function openElsewhere(dataDir: string): void {
  const program = `const db = new (require(${JSON.stringify(require.resolve('libsql'))}))(process.argv[1]);
    db.exec("INSERT INTO markers VALUES ('elsewhere', '2030-01-01T00:00:00.000Z')");
    db.close();`;
  execFileSync(process.execPath, ['-e', program, path.join(dataDir, 'server.db')]);
}

async function start(name: string) {
  const [how = '', end = ''] = name.split('/');
  const dataDir = path.join(folder, name, 'data');
  const disk = makeDisk(path.dirname(dataDir), how);
  await runBefore(path.join(folder, `${how}-${end}`), dataDir, end);
  disk.break();
  const broken = await openChildServices(dataDir);
  const other = new SimulatedDevice(broken.services, 'other', { now });
  await broken.services.runHousekeeping();
  const whileBroken = await ask(broken.services, other);
  const told = broken.errors.filter((line) => line.startsWith('nothing can be saved'));
  disk.mend();
  await broken.services.runHousekeeping();
  const healed = broken.services.health().writeProblem;
  openElsewhere(dataDir);
  const afterwards = await ask(broken.services, other);
  const second = await codeOf(openChildServices(dataDir));
  await broken.services.close();
  broken.store.close();

  const again = await openChildServices(dataDir);
  const { hold } = again.services.manageDevices.get('known').device;
  const state = again.services.manageDevices.get('other').installation?.state;
  const kept = { hold, other: state, elsewhere: await again.store.markers.has('elsewhere') };
  await again.services.close();
  again.store.close();
  return { whileBroken, told, healed, afterwards, second, kept };
}

async function main(): Promise<void> {
  const outcomes: Record<string, unknown> = {};
  for (const name of starts) outcomes[name] = await start(name);
  process.stdout.write(JSON.stringify(outcomes));
}

void main();
