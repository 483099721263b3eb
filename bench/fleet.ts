/**
 * What a fleet costs: registers devices in a database file, drives their polls through the services that the device listener
 * calls, and looks at the fleet as administrators do. No TLS here: bench/device-load.ts measures that.
 *
 *   npm run bench:fleet [-- DEVICES...]
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type { Contact } from '../src/core/contact';
import type { DeviceIdentity } from '../src/core/device';
import type { Inspection } from '../src/core/inspection';
import { createServices, type Services } from '../src/services/services';
import { openStore, type Store } from '../src/store/store';
import { bundleOf, fleetRules } from '../tests/support/fleet-factory';

const sizes = process.argv.slice(2).map(Number);
const fleetSizes = sizes.length === 0 ? [100, 5_000, 50_000] : sizes;
const pollSeconds = 10;
const atOnce = 64;
const samples = 300;

interface Opened {
  readonly services: Services;
  readonly store: Store;
  readonly startSeconds: number;
  close(): Promise<void>;
}

async function open(dataDir: string): Promise<Opened> {
  const startedAt = performance.now();
  const quiet = () => undefined;
  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  const services = await createServices({
    ...store,
    inspect: ({ sizeBytes }) => Promise.resolve(inspectionOf(sizeBytes)),
    allowUntrusted: false,
    fleetRules,
    deliver: () => Promise.resolve(null),
    configuredCompatible: null,
    baseUrl: () => 'https://localhost:8443',
    log: { info: quiet, warn: quiet, error: console.error },
    now: () => new Date(),
    randomBytes,
  });
  const startSeconds = (performance.now() - startedAt) / 1000;
  const tending = setInterval(() => void services.tend(), 1_000);
  return {
    services,
    store,
    startSeconds,
    async close() {
      clearInterval(tending);
      await services.close();
      store.close();
    },
  };
}

function inspectionOf(sizeBytes: number): Inspection {
  return { ...bundleOf('board', '2.0.0').inspection, sizeBytes };
}

function identityOf(index: number): DeviceIdentity {
  const id = `device-${String(index).padStart(6, '0')}`;
  return { id, certificateSerial: (0x1000000 + index).toString(16), compatibles: [] };
}

/** Three of four run the release; the others are on the version before. */
function contactOf(index: number): Contact {
  return {
    at: new Date(),
    address: `127.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    protocol: 'h2',
    transactionId: null,
    facts: {
      compatible: 'board',
      serial: `SN-${index * 7919}`,
      machineId: index.toString(16).padStart(32, '0'),
      bootId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      systemVersion: index % 4 === 0 ? '1.0.0' : '2.0.0',
      uptimeSeconds: 1_000_000,
      attributes: { slot: 'A' },
    },
  };
}

function ask({ offerUpdate }: Services, index: number): Promise<unknown> {
  return offerUpdate.ask({
    identity: identityOf(index),
    contact: contactOf(index),
    compatible: null,
    mustStream: true,
    isRepeated: true,
  });
}

/** Runs work with so many at once, as devices come, until it says that it is over. */
async function drive(next: () => Promise<unknown> | undefined): Promise<void> {
  const worker = async () => {
    for (let work = next(); work !== undefined; work = next()) await work;
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function register(services: Services, devices: number): Promise<number> {
  const startedAt = performance.now();
  let index = 0;
  await drive(() => (index < devices ? ask(services, index++) : undefined));
  return devices / ((performance.now() - startedAt) / 1000);
}

async function poll(services: Services, devices: number): Promise<{ perSecond: number; cpuMicros: number }> {
  const endAt = performance.now() + pollSeconds * 1000;
  const cpu = process.cpuUsage();
  let polls = 0;
  await drive(() => {
    if (performance.now() >= endAt) return undefined;
    polls += 1;
    // Every device in turn, in an order that is not that of their ids.
    return ask(services, (polls * 7919) % devices);
  });
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: polls / pollSeconds, cpuMicros: (user + system) / polls };
}

function percentile99(work: (sample: number) => unknown): string {
  const millis = Array.from({ length: samples }, (_, sample) => {
    const startedAt = performance.now();
    work(sample);
    return performance.now() - startedAt;
  }).sort((a, b) => a - b);
  const at = (share: number) => (millis[Math.floor(samples * share)] ?? 0).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

function look({ services, store }: Opened, devices: number): void {
  const { listFleet, offerUpdate, manageDevices, fleetHistory } = services;
  const page = { sort: 'id', isDescending: false, limit: 100 } as const;
  const pick = (sample: number) => identityOf((sample * 7919) % devices).id;
  const looks: Readonly<Record<string, (sample: number) => unknown>> = {
    'list by id': () => listFleet.list(page),
    'list by last contact': () => listFleet.list({ ...page, sort: 'last_contact', isDescending: true }),
    'list by version': () => listFleet.list({ ...page, sort: 'version' }),
    'list one version': () => listFleet.list({ ...page, version: '1.0.0' }),
    'search in ids': (sample) => listFleet.list({ ...page, search: pick(sample).slice(-5) }),
    'search nothing': () => listFleet.list({ ...page, search: 'no such device' }),
    explain: (sample) => offerUpdate.preview({ id: pick(sample), compatibles: [] }, null),
    'one device': (sample) => manageDevices.get(pick(sample)),
    'counts of the overview': () => [
      listFleet.census(),
      listFleet.attention(),
      store.counts.troubled(),
      store.counts.seenSince(new Date(Date.now() - 86_400_000)),
      store.counts.hasOutcome(),
    ],
    'history of two days': () => fleetHistory.read({ hours: 48 }),
    'devices of a bundle': () =>
      store.counts.ofBundle({ name: 'board-2.raucb', compatible: 'board', version: '2.0.0' }),
    labels: () => store.counts.labels(200),
  };
  for (const [name, work] of Object.entries(looks)) console.log(`  ${name}: ${percentile99(work)}`);
}

/** The whole registry is read for it, in pages. */
async function countRollout({ manageRollouts, describeRollout }: Services): Promise<void> {
  const waiting = monitorEventLoopDelay({ resolution: 1 });
  waiting.enable();
  const startedAt = performance.now();
  for (const release of manageRollouts.list()) await describeRollout(release);
  const millis = performance.now() - startedAt;
  waiting.disable();
  const [usual, longest] = [waiting.percentile(50), waiting.max].map((nanos) => (nanos / 1e6).toFixed(1));
  console.log(
    `  progress of a rollout: ${millis.toFixed(0)} ms; others wait ${usual} ms, at most ${longest} ms`,
  );
}

async function measure(devices: number, folder: string): Promise<void> {
  const dataDir = path.join(folder, String(devices));
  const fresh = await open(dataDir);
  const bundle = await fresh.services.publishBundle.stage(Readable.from([Buffer.alloc(8192)]), {
    limitBytes: 1 << 20,
  });
  await fresh.services.publishBundle.publish(bundle, {
    name: 'board-2.raucb',
    activate: true,
    actor: 'bench',
  });
  console.log(`${devices} devices`);
  console.log(`  first contacts: ${Math.round(await register(fresh.services, devices))} a second`);
  await fresh.close();

  const opened = await open(dataDir);
  console.log(`  start: ${opened.startSeconds.toFixed(2)} s`);
  let index = 0;
  await drive(() => (index < devices ? ask(opened.services, index++) : undefined)); // each once, as after a restart
  const { perSecond, cpuMicros } = await poll(opened.services, devices);
  console.log(`  polls: ${Math.round(perSecond)} a second, ${cpuMicros.toFixed(0)} µs of CPU each`);
  console.log(`  memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
  await opened.services.tend();
  look(opened, devices);
  await countRollout(opened.services);
  await opened.close();
  const sizeBytes = statSync(path.join(dataDir, 'server.db')).size;
  console.log(
    `  database: ${(sizeBytes / 2 ** 20).toFixed(1)} MiB, ${Math.round(sizeBytes / devices)} bytes a device`,
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-fleet-'));
  try {
    for (const devices of fleetSizes) await measure(devices, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
