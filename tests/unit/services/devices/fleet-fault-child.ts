/**
 * A process of its own that answers a device and dies right after a chosen answer, or meets a full disk.
 * Arguments: data folder, bundle, point.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Services } from '../../../../src/services/services';
import { openChildServices } from '../../../support/child-services';
import { fillDisk } from '../../../support/fill-disk';
import { SimulatedDevice } from '../../../support/simulated-device';

const [dataDir = '', bundle = '', point = ''] = process.argv.slice(2);
const now = () => new Date();
const person = { name: 'local', address: null };

/** What may happen to a device, in order; how the installation ends depends on the point. */
function lifeOf(services: Services): Readonly<Record<string, () => unknown>> {
  const device = new SimulatedDevice(services, 'dev-1', { now });
  const ends: Readonly<Record<string, () => unknown>> = {
    failed: () => device.report('failed', { transactionId: 't-1', log: 'no space' }),
    'rolled-back': () => {
      device.boot();
      return device.poll();
    },
    proven: () => {
      device.boot('1.0.0');
      return device.poll();
    },
  };
  const end = point in ends ? point : 'failed';
  return {
    offered: () => device.poll(),
    downloading: () => device.poll('t-1'),
    installed: () => device.report('installed', { transactionId: 't-1' }),
    [end]: () => ends[end]?.(),
    cleared: () => services.manageDevices.clearFailures('dev-1', person),
    held: () => services.manageDevices.hold('dev-1', 'on a desk', person),
    pinned: () => services.manageDevices.pin('dev-1', path.basename(bundle), person),
    forgotten: () => services.manageDevices.forget('dev-1', person),
  };
}

async function runOutOfDisk(services: Services): Promise<unknown> {
  const filler = path.join(dataDir, 'filler');
  const known = new SimulatedDevice(services, 'known', { now });
  await known.poll();
  const hold = () => codeOf(services.manageDevices.hold('known', '', person));
  fillDisk(filler);
  // The log of the database has some room left: devices come until it needs more.
  const answers = new Set<string>();
  let reported = 'done';
  for (let turn = 0; turn < 5_000 && reported === 'done'; turn += 1) {
    const next = new SimulatedDevice(services, `dev-${turn}`, { now });
    answers.add(await next.offered());
    reported = await codeOf(next.report('installed'));
  }
  const whileFull = { known: await known.offered(), hold: await hold(), later: await known.offered() };
  rmSync(filler);
  await services.runHousekeeping();
  const afterwards = await hold();
  await services.close();
  return {
    answers: [...answers],
    reported,
    whileFull,
    afterwards,
    unsaved: services.health().unsavedDevices,
  };
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}

async function main(): Promise<void> {
  const opened = await openChildServices(dataDir);
  const { services } = opened;
  await opened.release(bundle);
  if (point === 'full') {
    process.stdout.write(JSON.stringify(await runOutOfDisk(services)));
    return;
  }
  for (const [name, step] of Object.entries(lifeOf(services))) {
    await step();
    if (name === point) process.kill(process.pid, 'SIGKILL');
  }
}

void main();
