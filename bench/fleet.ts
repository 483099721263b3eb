/**
 * What a fleet costs: registers devices in a database file, drives their polls through the services that the device
 * listener calls, and views the fleet as administrators do. No TLS here: bench/compare measures that.
 *
 * npm run bench:fleet [-- DEVICES...]
 */
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contact } from '../src/core/contact';
import type { DeviceIdentity } from '../src/core/device';
import type { Inspection } from '../src/core/inspection';
import { openTokenKey } from '../src/pki/token-key';
import { createServices, type Services } from '../src/services/services';
import { type OpenStore, openStore } from '../src/store/store';
import { bundleOf, fleetRules } from '../tests/support/fleet-factory';
import { raucPorts, withoutKeyring } from '../tests/support/rauc-ports';
import { polled } from '../tests/support/device-events';

const sizes = process.argv.slice(2).map(Number);
const fleetSizes = sizes.length === 0 ? [100, 5_000, 50_000] : sizes;
const pollSeconds = 10;
const entryPoint = path.join(__dirname, '../bin/rauc-simple-server.js');
const onLoopback = ['--admin-port', '0', '--device-port', '0', '--device-host', '127.0.0.1'];
const periodSeconds = 60;
const maxAtOnce = 64;
const samples = 300;

interface Opened {
  readonly services: Services;
  readonly store: OpenStore;
  /** Leaves the housekeeping to the caller. */
  stopHousekeeping(): void;
  close(): Promise<void>;
}

async function open(dataDir: string): Promise<Opened> {
  const quiet = () => undefined;
  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid, diskThread: {} });
  const services = await createServices({
    store,
    ...raucPorts(withoutKeyring, () => new Date()),
    inspect: ({ sizeBytes }) => Promise.resolve(inspectionOf(sizeBytes)),
    allowUntrusted: false,
    fleetRules,
    deliver: () => Promise.resolve(null),
    configuredCompatible: null,
    baseUrl: () => 'https://localhost:8443',
    log: { info: quiet, warn: quiet, error: console.error },
    now: () => new Date(),
    randomBytes,
    sealing: openTokenKey(path.join(dataDir, '../certs')),
  });
  const housekeeping = setInterval(() => void services.runHousekeeping(), 1_000);
  const stopHousekeeping = () => clearInterval(housekeeping);
  return {
    services,
    store,
    stopHousekeeping,
    async close() {
      stopHousekeeping();
      await services.close();
      store.close();
    },
  };
}

/**
 * The built server in its own process, from its start until it has shown a page of devices; its certificates exist
 * already.
 * @returns seconds
 */
async function start(dataDir: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entryPoint, 'serve', '--json', ...onLoopback], {
    cwd: path.dirname(dataDir),
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let banner = '';
  for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    banner += text;
    if (banner.trimEnd().endsWith('}')) break;
  }
  const { admin_url: adminUrl } = JSON.parse(banner) as { readonly admin_url: string };
  const page = await fetch(`${adminUrl}api/devices?limit=100`);
  if (!page.ok) throw new Error(`the devices cannot be listed: ${page.status}`);
  await page.arrayBuffer();
  const seconds = (performance.now() - startedAt) / 1000;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
  return seconds;
}

function inspectionOf(sizeBytes: number): Inspection {
  return { ...bundleOf('board', '2.0.0').inspection, sizeBytes };
}

function identityOf(index: number): DeviceIdentity {
  const id = `device-${String(index).padStart(6, '0')}`;
  return { id, certificateSerial: (0x1000000 + index).toString(16), compatibles: [] };
}

/** Three in four run the release; the others are on the previous version. */
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

function ask({ deviceEvents }: Services, index: number): Promise<unknown> {
  return deviceEvents.take(identityOf(index), polled(contactOf(index), '"0"'));
}

/** Runs work with some concurrency, as devices arrive, until it says that it is done. */
async function drive(next: () => Promise<unknown> | undefined, atOnce = maxAtOnce): Promise<void> {
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

interface PollCost {
  readonly perSecond: number;
  /** CPU of the poll itself, in microseconds. */
  readonly pollMicros: number;
  /** CPU of the later write for one device that made contact, in microseconds. */
  readonly writeMicros: number;
}

/**
 * Drives polls like a fleet in which each device polls once a minute, only faster: what arrives within one second of
 * that is written together, so that every poll at every size leaves one row to write.
 */
async function poll(services: Services, devices: number): Promise<PollCost> {
  const endAt = performance.now() + pollSeconds * 1000;
  const cpu = { polls: 0, writes: 0 };
  const pollsPerWrite = Math.ceil(devices / periodSeconds);
  let polls = 0;
  while (performance.now() < endAt) {
    const upTo = polls + pollsPerWrite;
    cpu.polls += await cpuMicros(() =>
      // In an order other than that of their ids.
      drive(
        () => (polls < upTo ? ask(services, (++polls * 7919) % devices) : undefined),
        Math.min(pollsPerWrite, maxAtOnce),
      ),
    );
    cpu.writes += await cpuMicros(() => services.runHousekeeping());
  }
  const perSecond = polls / (pollSeconds + (performance.now() - endAt) / 1000);
  return { perSecond, pollMicros: cpu.polls / polls, writeMicros: cpu.writes / polls };
}

async function cpuMicros(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function percentile99(work: (sample: number) => unknown): Promise<string> {
  const millis: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const startedAt = performance.now();
    await work(sample);
    millis.push(performance.now() - startedAt);
  }
  millis.sort((a, b) => a - b);
  const at = (share: number) => (millis[Math.floor(samples * share)] ?? 0).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function look({ services, store }: Opened, devices: number): Promise<void> {
  const { listFleet, explainOffer, manageDevices, fleetHistory } = services;
  const page = { sort: 'id', isDescending: false, limit: 100 } as const;
  const pick = (sample: number) => identityOf((sample * 7919) % devices).id;
  const looks: Readonly<Record<string, (sample: number) => unknown>> = {
    'list by id': () => listFleet.list(page),
    'list by last contact': () => listFleet.list({ ...page, sort: 'last_contact', isDescending: true }),
    'list by version': () => listFleet.list({ ...page, sort: 'version' }),
    'list one version': () => listFleet.list({ ...page, version: '1.0.0' }),
    'search in ids': (sample) => listFleet.list({ ...page, search: pick(sample).slice(-5) }),
    'search nothing': () => listFleet.list({ ...page, search: 'no such device' }),
    explain: (sample) => explainOffer.preview({ id: pick(sample), compatibles: [] }, null),
    'one device': (sample) => manageDevices.get(pick(sample)),
    'counts of the overview': () =>
      Promise.all([
        listFleet.census(),
        listFleet.attention(),
        store.counts.troubled(),
        store.counts.seenSince(new Date(Date.now() - 86_400_000)),
        store.counts.hasOutcome(),
      ]),
    'history of two days': () => fleetHistory.read({ hours: 48 }),
    'devices of a bundle': () =>
      store.counts.ofBundle({ name: 'board-2.raucb', compatible: 'board', version: '2.0.0' }),
    labels: () => store.counts.labels(200),
  };
  for (const [name, work] of Object.entries(looks)) console.log(`  ${name}: ${await percentile99(work)}`);
}

/** Reads the whole registry for it, in pages. */
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

/** None of it is in memory afterwards. */
async function makeFleet(devices: number, dataDir: string): Promise<void> {
  const fresh = await open(dataDir);
  const bundle = await fresh.services.publishBundle.stage(Readable.from([Buffer.alloc(8192)]), {
    limitBytes: 1 << 20,
  });
  await fresh.services.publishBundle.publish(bundle, {
    name: 'board-2.raucb',
    activate: true,
    actor: 'bench',
  });
  console.log(`  first contacts: ${Math.round(await register(fresh.services, devices))} a second`);
  await fresh.close();
}

async function measure(devices: number, folder: string): Promise<void> {
  const dataDir = path.join(folder, String(devices));
  console.log(`${devices} devices`);
  await makeFleet(devices, dataDir);
  await start(dataDir); // makes the certificates
  console.log(`  start of the server until it lists devices: ${(await start(dataDir)).toFixed(2)} s`);
  const opened = await open(dataDir);
  let index = 0;
  // Each once, as after a restart; no more in one turn of the event loop than may arrive at once.
  const askInTurn = async (device: number) => {
    await nextTurn();
    await ask(opened.services, device);
  };
  await drive(() => (index < devices ? askInTurn(index++) : undefined));
  opened.stopHousekeeping();
  await opened.services.runHousekeeping();
  const { perSecond, pollMicros, writeMicros } = await poll(opened.services, devices);
  console.log(`  polls: ${Math.round(perSecond)} a second with their writes`);
  console.log(
    `  CPU: ${pollMicros.toFixed(1)} µs a poll, ${writeMicros.toFixed(1)} µs to write a device's contact`,
  );
  console.log(`  memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
  await opened.services.runHousekeeping();
  await look(opened, devices);
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
