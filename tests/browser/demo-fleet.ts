import type { Bundle } from '../../src/core/bundle';
import { everyoneAtOnce, type RolloutPolicy } from '../../src/core/rollout';
import { parseSteps } from '../../src/core/rollout-policy';
import { makeBundle } from '../support/bundle-factory';
import { type OpenedServices, openServices } from '../support/services';
import { SimulatedDevice } from '../support/simulated-device';
import { readRange } from '../support/device-events';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const person = { name: 'local', address: '127.0.0.1' };

export const gateway = 'acme-gateway';
export const sensor = 'acme-sensor';
export const display = 'acme-display';

/** The gateways that something is the matter with. */
export const remarkable = {
  held: 'gateway-005',
  pinned: 'gateway-006',
  labelled: 'gateway-007',
} as const;

export interface DemoFleet {
  readonly gateways: number;
  readonly devices: number;
  readonly keyringPath: string;
  /** Gateways whose latest installation is in that state. */
  readonly proven: string;
  readonly downloading: string;
  readonly failed: string;
}

/**
 * Fills a data folder with what a team has after some weeks: three products, a rollout half done, one paused by failures, one
 * done, a beta channel, and devices that need a person. All of it is made by the real services with real bundles.
 */
export async function makeDemoFleet(dataDir: string, gateways = 24): Promise<DemoFleet> {
  let at = Date.now() - 60 * hourMs;
  const now = () => new Date(at);
  const later = (ms: number) => (at += ms);
  const opened = await openServices({
    dataDir,
    now,
    fleetRules: { lostAfterMs: 20 * hourMs },
    keyringPath: (await makeBundle()).keyringPath,
  });
  const { services } = opened;
  const device = (id: string, compatible: string, version: string, index: number, label?: string) =>
    new SimulatedDevice(services, id, {
      compatible,
      version,
      now,
      address: `10.20.${index >> 8}.${(index & 255) + 1}`,
      facts: {
        serial: `SN-${40_000 + index * 37}`,
        machineId: index.toString(16).padStart(32, '7'),
        uptimeSeconds: 3_600 * (index + 3),
        attributes: { slot: index % 2 === 0 ? 'A' : 'B', ...(label === undefined ? {} : { site: label }) },
      },
    });

  const gatewayDevices = many(gateways, (n) => device(name('gateway', n), gateway, '2.3.0', n, site(n)));
  const sensors = many(16, (n) => device(name('sensor', n), sensor, '1.8.1', 300 + n));
  const displays = many(8, (n) => device(name('display', n), display, '5.0.0', 600 + n));
  const all = [...gatewayDevices, ...sensors, ...displays];
  for (const one of all) await one.poll();

  await publish(opened, gateway, '2.3.0');
  await release(opened, gateway, '2.3.0');
  await services.runHousekeeping();
  later(3 * hourMs);

  // Sensors: done, and a beta for two of them.
  await publish(opened, sensor, '1.8.2');
  await release(opened, sensor, '1.8.2');
  for (const one of sensors) await install(one, '1.8.2', later);
  await publish(opened, sensor, '1.9.0-rc1');
  for (const { id } of sensors.slice(0, 3)) {
    await services.manageDevices.change(id, { channel: 'beta', addLabels: ['lab'] }, person);
  }
  await release(opened, sensor, '1.9.0-rc1', {}, 'beta');
  for (const one of sensors.slice(0, 2)) await install(one, '1.9.0-rc1', later);
  await services.runHousekeeping();
  later(4 * hourMs);

  // Displays: the first two do not boot, and the rollout stops itself.
  await publish(opened, display, '5.1.0');
  const risky = await release(opened, display, '5.1.0', {
    steps: parseSteps('50,100'),
    pauseAtFailures: 2,
    promoteAtPercent: 90,
  });
  const chosen = await offeredTo(displays);
  for (const one of chosen.slice(0, 2)) await install(one, '5.0.0', later);
  await runHousekeeping(opened, later);
  if (services.manageRollouts.get(risky).rollout.state !== 'paused') throw new Error('it did not pause');
  later(26 * hourMs);

  // Gateways: half way, with one lost, one failed, one that downloads, and people's decisions.
  await services.manageDevices.change(remarkable.labelled, { addLabels: ['lab', 'berlin'] }, person);
  await services.manageDevices.change(name('gateway', 8), { addLabels: ['berlin'] }, person);
  await publish(opened, gateway, '2.4.0');
  const id = await release(opened, gateway, '2.4.0', {
    steps: parseSteps('25,60,100'),
    pauseAtFailures: 5,
    maxInProgress: 10,
  });
  const first = await offeredTo(gatewayDevices);
  for (const one of first) await install(one, '2.4.0', later);
  await runHousekeeping(opened, later);
  await services.manageRollouts.promote(id, 0, person);
  const second = (await offeredTo(gatewayDevices)).filter((one) => !first.includes(one));
  const [lost, failed, downloads, ...rest] = second;
  await lost?.poll('t-lost');
  at = Date.now() - 30 * minuteMs;
  for (const one of all) if (one !== lost) await one.poll();
  if (failed === undefined || downloads === undefined || rest[0] === undefined)
    throw new Error('too few gateways');
  await failed.poll('t-failed');
  await failed.report('failed', {
    transactionId: 't-failed',
    log: 'rauc[311]: mounting slot rootfs.1 failed\n',
  });
  await downloads.begin('t-downloads');
  download(opened, downloads, '2.4.0');
  for (const one of rest.slice(0, 3)) await install(one, '2.4.0', later);
  for (const one of sensors.slice(4)) await one.poll();
  await services.manageDevices.hold(remarkable.held, 'field trial until Friday', person);
  await services.manageDevices.pin(remarkable.pinned, fileOf(gateway, '2.3.0'), person, {
    kind: 'soft',
    window: { schedule: '0 0 2 ? * SUN', duration: '02:00:00', timezone: '+01:00' },
  });
  await runHousekeeping(opened, later);
  await opened.close();
  if (at > Date.now()) throw new Error('the demo ends in the future');

  // Strangers, on a server where a person admits them.
  const strict = await openServices({
    dataDir,
    fleetRules: { newDevices: 'waiting' },
    now: () => new Date(),
  });
  for (const n of [1, 2]) {
    await new SimulatedDevice(strict.services, `new-board-${n}`, {
      compatible: gateway,
      version: '2.3.0',
      now: () => new Date(),
    }).poll();
  }
  await strict.close();
  return {
    gateways,
    devices: all.length + 2,
    keyringPath: (await makeBundle()).keyringPath,
    proven: rest[0].id,
    downloading: downloads.id,
    failed: failed.id,
  };
}

function many<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

function name(kind: string, n: number): string {
  return `${kind}-${String(n).padStart(3, '0')}`;
}

function site(n: number): string {
  return ['berlin', 'graz', 'porto'][n % 3] ?? '';
}

export function fileOf(compatible: string, version: string): string {
  return `${compatible}-${version}.raucb`;
}

async function publish(opened: OpenedServices, compatible: string, version: string): Promise<void> {
  const { path } = await makeBundle({ compatible, version, imageSizeBytes: 262_144, seed: version });
  await opened.publish(path, { name: fileOf(compatible, version) });
}

async function release(
  { services }: OpenedServices,
  compatible: string,
  version: string,
  policy: Partial<RolloutPolicy> = {},
  channel = 'stable',
): Promise<number> {
  const { release: made } = await services.activateRelease.activate({
    name: fileOf(compatible, version),
    channel,
    policy: { ...everyoneAtOnce, ...policy },
    actor: 'local',
  });
  return made.id;
}

async function offeredTo(devices: readonly SimulatedDevice[]): Promise<readonly SimulatedDevice[]> {
  const chosen: SimulatedDevice[] = [];
  for (const one of devices) if ((await one.poll()).kind === 'bundle') chosen.push(one);
  return chosen;
}

/** Installs what is offered and boots into a version: the new one, or the old one when the new one does not start. */
async function install(one: SimulatedDevice, version: string, later: (ms: number) => void): Promise<void> {
  await one.poll(`t-${one.id}-${version}`);
  later(minuteMs);
  one.boot(version);
  await one.poll();
}

function download({ services }: OpenedServices, { identity }: SimulatedDevice, version: string): void {
  const { bundle } = services.listBundles.get(fileOf(gateway, version)) as { bundle: Bundle };
  const half = Math.floor(bundle.sizeBytes * 0.42);
  readRange(services, identity, bundle, { start: 0, end: half }, half);
}

async function runHousekeeping({ services }: OpenedServices, later: (ms: number) => void): Promise<void> {
  later(6_000);
  await services.runHousekeeping();
}
