/**
 * What a slow disk costs a device that reads ranges: its rate while another device reports and 1,000 devices are held and released again,
 * with the disk as it is and with each sync of the database 50 ms slower (tests/support/held-disk.c), in turns. The built server, real
 * connections.
 *
 *   npm run bench:disk
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeBundle } from '../tests/support/bundle-factory';
import { connectDevice, type DeviceClient } from '../tests/support/device-client';
import type { ClientFiles } from '../tests/support/device-listener';
import { HeldDisk } from '../tests/support/held-disk';
import { rangeLoad } from '../tests/support/range-load';
import { cli, type ServerProcess, startServer } from '../tests/support/server-process';

const rounds = 5;
const requests = 3_000;
const delayMs = 50;
const heldDevices = 1_000;
/** As often as one device may. */
const reportEveryMs = 250;
const decideEveryMs = 500;

interface Rig {
  readonly server: ServerProcess;
  readonly disk: HeldDisk;
  readonly copy: string;
  readonly url: string;
  readonly reader: ClientFiles;
  readonly reporter: DeviceClient;
}

async function prepare(folder: string): Promise<Rig> {
  const disk = await HeldDisk.make(folder);
  const server = await startServer({ folder, env: disk.env });
  const filesOf = async (id: string): Promise<ClientFiles> => {
    await mustSucceed(cli(folder, 'cert', 'device', id));
    const base = path.join(folder, 'certs/devices', id);
    return { cert: `${base}.crt`, key: `${base}.key`, ca: path.join(folder, 'certs/ca.crt') };
  };
  const { path: copy } = await makeBundle({ compatible: 'bench', imageSizeBytes: 16 << 20 });
  await mustSucceed(cli(folder, 'bundle', 'upload', copy, '--activate', '--server', server.adminUrl));
  for (let index = 0; index < heldDevices; index += 1) await post(server, 'devices', { id: `held-${index}` });
  const reader = await filesOf('reader');
  const reporter = await connectDevice(server.deviceUrl, await filesOf('reporter'), 'HTTP/2');
  const { body } = await reporter.request('/api/v1/manifest.json?compatible=bench');
  const [target = ''] = /\/bundles\/[^"\\]+/.exec(body.toString()) ?? [];
  return { server, disk, copy, url: `${server.deviceUrl}${target}`, reader, reporter };
}

async function mustSucceed(command: ReturnType<typeof cli>): Promise<void> {
  const { code, stderr } = await command;
  if (code !== 0) throw new Error(stderr);
}

async function post({ adminUrl }: ServerProcess, what: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${adminUrl}/api/${what}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
}

/** Reports and bulk decisions, a fixed number a second of each, until it is told to stop. */
async function keepWriting({ server, reporter }: Rig, stop: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const ids = Array.from({ length: heldDevices }, (_, index) => `held-${index}`);
  let isHeld = false;
  const report = async () => {
    const body = JSON.stringify({ state: 'failed', message: `${Date.now()}` });
    while (!stop.aborted) {
      await reporter.request('/api/v1/status', headers, 'POST', body);
      await new Promise((resolve) => setTimeout(resolve, reportEveryMs));
    }
  };
  const decide = async () => {
    while (!stop.aborted) {
      isHeld = !isHeld;
      await post(server, 'devices/actions', isHeld ? { ids, action: 'hold' } : { ids, action: 'unhold' });
      await new Promise((resolve) => setTimeout(resolve, decideEveryMs));
    }
  };
  await Promise.all([report(), decide()]);
}

/** Ranges a second. */
async function measure(rig: Rig): Promise<number> {
  const { url, copy, reader: files } = rig;
  const stop = new AbortController();
  const writing = keepWriting(rig, stop.signal);
  const { errors, wrong, seconds } = await rangeLoad({
    ...{ url, copy, files, requests },
    parallel: 1,
    rangeBytes: 4096,
  });
  stop.abort();
  await writing;
  if (errors + wrong > 0) throw new Error(`${errors} ranges failed, ${wrong} were wrong`);
  return requests / seconds;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rss-bench-'));
  try {
    const rig = await prepare(folder);
    const rates: { readonly asItIs: number; readonly slow: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      rig.disk.go();
      const asItIs = await measure(rig);
      rig.disk.delay(delayMs);
      rates.push({ asItIs, slow: await measure(rig) });
    }
    rig.disk.go();
    await rig.server.stop();
    const ratio = medianOf(rates.map(({ asItIs, slow }) => slow / asItIs));
    const shown = (rate: number) => `${rate.toFixed(0)} ranges a second`;
    console.log(`the disk as it is: ${shown(medianOf(rates.map(({ asItIs }) => asItIs)))}`);
    console.log(`syncs ${delayMs} ms slower: ${shown(medianOf(rates.map(({ slow }) => slow)))}`);
    console.log(`ratio: ${ratio.toFixed(2)} (median of ${rounds} rounds)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
