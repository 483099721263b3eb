/**
 * What a slow disk costs a device that reads ranges: its rate while another device reports and 1,000 devices are held and released again,
 * with the disk as it is and with each sync 50 ms slower (tests/support/held-disk.c), in turns; and its rate alone and while six uploads at a
 * time wait for syncs that take 3 s longer. The built server, real connections.
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
const requestsDuringUploads = 500;
/** More than Node's own pool has threads. */
const uploadsAtOnce = 6;
const uploadSizeBytes = 256 * 1024;
const uploadDelayMs = 3_000;
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

/** Uploads of what is no bundle: each is written and synced, then refused. */
async function keepUploading({ server }: Rig, stop: AbortSignal): Promise<void> {
  const upload = async (name: string) => {
    while (!stop.aborted) {
      const body = new FormData();
      body.set('bundle', new Blob([new Uint8Array(uploadSizeBytes)]), name);
      const { status } = await fetch(`${server.adminUrl}/upload`, { method: 'POST', body });
      if (status !== 422) throw new Error(`an upload was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, (_, index) => upload(`upload-${index}.raucb`)));
}

/** Ranges a second, while something else goes on. */
async function measure(
  { url, copy, reader: files }: Rig,
  requests: number,
  meanwhile: (stop: AbortSignal) => Promise<void>,
): Promise<number> {
  const stop = new AbortController();
  const other = meanwhile(stop.signal);
  const { errors, wrong, seconds } = await rangeLoad({
    ...{ url, copy, files, requests },
    parallel: 1,
    rangeBytes: 4096,
  });
  stop.abort();
  await other;
  if (errors + wrong > 0) throw new Error(`${errors} ranges failed, ${wrong} were wrong`);
  return requests / seconds;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

interface Rates {
  readonly usual: number;
  readonly slow: number;
}

function show(usual: string, slow: string, rates: readonly Rates[]): void {
  const shown = (rate: number) => `${rate.toFixed(0)} ranges a second`;
  console.log(`${usual}: ${shown(medianOf(rates.map((rate) => rate.usual)))}`);
  console.log(`${slow}: ${shown(medianOf(rates.map((rate) => rate.slow)))}`);
  const ratio = medianOf(rates.map((rate) => rate.slow / rate.usual));
  console.log(`ratio: ${ratio.toFixed(2)} (median of ${rounds} rounds)\n`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rss-bench-'));
  try {
    const rig = await prepare(folder);
    const write = (stop: AbortSignal) => keepWriting(rig, stop);
    const upload = (stop: AbortSignal) => keepUploading(rig, stop);
    const rest = () => Promise.resolve();
    const writing: Rates[] = [];
    const uploading: Rates[] = [];
    for (let round = 0; round < rounds; round += 1) {
      rig.disk.go();
      const alone = await measure(rig, requestsDuringUploads, rest);
      rig.disk.delayUploads(uploadDelayMs);
      uploading.push({ usual: alone, slow: await measure(rig, requestsDuringUploads, upload) });
      rig.disk.go();
      const asItIs = await measure(rig, requests, write);
      rig.disk.delay(delayMs);
      writing.push({ usual: asItIs, slow: await measure(rig, requests, write) });
    }
    rig.disk.go();
    await rig.server.stop();
    show('writes, the disk as it is', `writes, syncs ${delayMs} ms slower`, writing);
    show('alone', `${uploadsAtOnce} uploads at a time, syncs ${uploadDelayMs} ms slower`, uploading);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
