/**
 * Servers on full and read-only disks, in a process of its own because the disks are mounts of its own.
 * Arguments: a folder, a bundle, and the cases, such as `full/killed`: how the disk breaks, and what happens there.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { DomainError } from '../../../../src/core/errors';
import type { Services } from '../../../../src/services/services';
import { openChildServices } from '../../../support/child-services';
import { copyStopped } from '../../../support/copy-stopped';
import { writeEarlierDatabase } from '../../../support/earlier-database';
import { SimulatedDevice } from '../../../support/simulated-device';
import { loosen, mountSmallDisk, type SmallDisk } from '../../../support/small-disk';

const [folder = '', bundle = '', ...cases] = process.argv.slice(2);
const now = () => new Date();
const person = { name: 'local', address: null };

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

type Opened = Awaited<ReturnType<typeof openChildServices>>;

async function runBefore(lastRun: string): Promise<Opened> {
  const first = await openChildServices(lastRun);
  await first.release(bundle);
  await new SimulatedDevice(first.services, 'known', { now }).poll();
  await first.services.manageDevices.hold('known', 'on a desk', person);
  return first;
}

async function stop({ services, store }: Opened): Promise<void> {
  await services.close();
  store.close();
}

const lastRuns = new Map<string, Promise<string>>();

/** A data folder as a run left it, made once. What a killed server leaves is what lies there while it runs. */
function lastRun(end: 'closed' | 'killed'): Promise<string> {
  const make = async () => {
    const dataDir = path.join(folder, `before-${end}`);
    const opened = await runBefore(dataDir);
    if (end === 'closed') await stop(opened);
    return dataDir;
  };
  const made = lastRuns.get(end) ?? make();
  lastRuns.set(end, made);
  return made;
}

/** @param end how the run before ended: `closed`, `killed`, or `copied` by hand, without what the server can make again */
async function leaveBehind(dataDir: string, end: string): Promise<void> {
  if (end === 'closed') await copyStopped(await lastRun('closed'), dataDir);
  else cpSync(await lastRun('killed'), dataDir, { recursive: true });
  if (end === 'copied') {
    rmSync(path.join(dataDir, 'server.db-shm'));
    rmSync(path.join(dataDir, 'bundles/.incoming'), { recursive: true });
    chmodSync(dataDir, 0o750);
  }
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

/** As a command does beside the server: who closes a database last takes its -wal file away. @returns rows, as JSON */
function elsewhere(dataDir: string, change: string, question: string): string {
  const program = `const db = new (require(${JSON.stringify(require.resolve('libsql'))}))(process.argv[1]);
    db.exec(process.argv[2]);
    process.stdout.write(JSON.stringify(db.prepare(process.argv[3]).all([])));
    db.close();`;
  const args = [path.join(dataDir, 'server.db'), change, question];
  return execFileSync(process.execPath, ['-e', program, ...args], { encoding: 'utf8' });
}

async function start(disk: SmallDisk, dataDir: string, end: string) {
  await leaveBehind(dataDir, end);
  disk.break();
  const broken = await openChildServices(dataDir);
  const other = new SimulatedDevice(broken.services, 'other', { now });
  await broken.services.runHousekeeping();
  const whileBroken = await ask(broken.services, other);
  const told = broken.errors.filter((line) => line.startsWith('cannot save changes'));
  disk.mend();
  await broken.services.runHousekeeping();
  const healed = broken.services.health().writeProblem;
  elsewhere(dataDir, inserted, 'SELECT 1');
  const afterwards = await ask(broken.services, other);
  const second = await codeOf(openChildServices(dataDir));
  await stop(broken);

  const again = await openChildServices(dataDir);
  const { hold } = (await again.services.manageDevices.get('known')).device;
  const state = (await again.services.manageDevices.get('other')).installation?.state;
  const kept = { hold, other: state, elsewhere: await again.store.markers.has('elsewhere') };
  await stop(again);
  return { whileBroken, told, healed, afterwards, second, kept };
}

/** A command that finds room for what it writes beside a server that reads alone. */
async function writeBeside(disk: SmallDisk, dataDir: string) {
  await leaveBehind(dataDir, 'closed');
  disk.break();
  const broken = await openChildServices(dataDir);
  loosen(path.dirname(dataDir));
  elsewhere(dataDir, inserted, 'SELECT 1');
  await broken.services.runHousekeeping();
  const problem = broken.services.health().writeProblem?.code;
  const isSeen = await broken.store.markers.has('elsewhere');
  await stop(broken);
  return { problem, isSeen };
}

const inserted = "INSERT INTO markers VALUES ('elsewhere', '2030-01-01T00:00:00.000Z')";

/** A server that is stopped while its disk takes no writes, and the next one once it does. */
async function stopThere(disk: SmallDisk, dataDir: string, isRunningBefore: boolean) {
  await leaveBehind(dataDir, 'closed');
  if (!isRunningBefore) disk.break();
  const broken = await openChildServices(dataDir);
  if (isRunningBefore) disk.break();
  const other = new SimulatedDevice(broken.services, 'other', { now });
  const offered = await other.offered();
  const stopped = await codeOf(stop(broken));
  disk.mend();

  const again = await openChildServices(dataDir);
  const asked = await ask(again.services, new SimulatedDevice(again.services, 'other', { now }));
  await stop(again);
  return { offered, stopped, asked };
}

/** The first start ever. */
async function firstStart(disk: SmallDisk, dataDir: string) {
  disk.break();
  const refused = await refusalOf(openChildServices(dataDir));
  const left = existsSync(dataDir) ? readdirSync(dataDir) : [];
  const isOpen = left.some((name) => (statSync(path.join(dataDir, name)).mode & 0o077) !== 0);
  disk.mend();

  const first = await openChildServices(dataDir);
  await first.release(bundle);
  const offered = await new SimulatedDevice(first.services, 'other', { now }).offered();
  await stop(first);
  return { refused, isMarked: left.includes('database.marker'), isOpen, offered };
}

/** A start on the database of the first schema that there was. */
async function upgrade(disk: SmallDisk, dataDir: string) {
  const before = await lastRun('closed');
  const earlier = mkdtempSync(path.join(folder, 'earlier-'));
  writeEarlierDatabase(path.join(before, 'server.db'), 1, path.join(earlier, 'server.db'));
  const was = elsewhere(earlier, 'PRAGMA journal_mode = WAL', inIt);
  await copyStopped(before, dataDir);
  copyFileSync(path.join(earlier, 'server.db'), path.join(dataDir, 'server.db'));
  rmSync(path.join(dataDir, 'database.marker')); // there was none yet
  disk.break();
  const refused = await refusalOf(openChildServices(dataDir));
  disk.mend();
  const isAsBefore = elsewhere(dataDir, '', inIt) === was;

  const upgraded = await openChildServices(dataDir);
  const offered = await new SimulatedDevice(upgraded.services, 'other', { now }).offered();
  await stop(upgraded);
  return { refused, isAsBefore, offered };
}

const inIt =
  'SELECT * FROM bundles, releases, activations, pragma_user_version, pragma_integrity_check, sqlite_schema';

async function refusalOf(work: Promise<unknown>) {
  const error = await work.then(
    () => new Error('it started'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof DomainError)) throw error;
  return { code: error.code, message: error.message, remedy: error.remedy };
}

function run(disk: SmallDisk, dataDir: string, what: string): Promise<unknown> {
  switch (what) {
    case 'first':
      return firstStart(disk, dataDir);
    case 'upgrade':
      return upgrade(disk, dataDir);
    case 'beside':
      return writeBeside(disk, dataDir);
    case 'stop':
      return stopThere(disk, dataDir, false);
    case 'stop-later':
      return stopThere(disk, dataDir, true);
    default:
      return start(disk, dataDir, what);
  }
}

async function main(): Promise<void> {
  const outcomes: Record<string, unknown> = {};
  for (const name of cases) {
    const [how = '', what = ''] = name.split('/');
    const mount = path.join(folder, name);
    outcomes[name] = await run(mountSmallDisk(mount, how), path.join(mount, 'data'), what);
  }
  process.stdout.write(JSON.stringify(outcomes));
}

void main();
