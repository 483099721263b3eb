import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { connectDevice, type DeviceClient } from '../support/device-client';
import { eventually } from '../support/eventually';
import { HeldDisk } from '../support/held-disk';
import { temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

/** As `services/catalog/block-cache` has them. */
const blockSizeBytes = 128 * 1024;

interface Scene {
  readonly folder: string;
  readonly disk: HeldDisk;
  readonly server: ServerProcess;
  /** @param id of a device that has a certificate, `board-1` when left out */
  readonly connect: (id?: string) => Promise<DeviceClient>;
}

/** A built server with a release, on a disk that does what it is told, and a device that was offered it. */
async function start(content: { readonly imageSizeBytes?: number } = {}): Promise<Scene> {
  const folder = await temporaryFolder();
  const disk = await HeldDisk.make(folder);
  const server = await startServer({ folder, env: disk.env });
  expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
  const { path: bundle } = await makeBundle({ compatible: 'test-board', ...content });
  const upload = await cli(folder, 'bundle', 'upload', bundle, '--activate', '--server', server.adminUrl);
  expect(upload).toMatchObject({ code: 0 });
  const connect = (id = 'board-1') => {
    const base = path.join(folder, 'certs/devices', id);
    const files = { cert: `${base}.crt`, key: `${base}.key`, ca: path.join(folder, 'certs/ca.crt') };
    return connectDevice(server.deviceUrl, files, 'HTTP/2');
  };
  return { folder, disk, server, connect };
}

const poll = (device: DeviceClient) => device.request('/api/v1/manifest.json?compatible=test-board');

async function bundlePath(device: DeviceClient): Promise<string> {
  const { body } = await poll(device);
  const [found] = /\/bundles\/[^"\\]+/.exec(body.toString()) ?? [];
  if (found === undefined) throw new Error(`no bundle was offered: ${body.toString()}`);
  return found;
}

function report(device: DeviceClient, state: string) {
  const headers = { 'content-type': 'application/json' };
  return device.request('/api/v1/status', headers, 'POST', JSON.stringify({ state }));
}

const syncsOf = (disk: HeldDisk, file: string) => disk.calls().filter((call) => call.file === file).length;

async function create(server: ServerProcess, id: string): Promise<number> {
  const body = JSON.stringify({ id });
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch(`${server.adminUrl}/api/devices`, { method: 'POST', headers, body })).status;
}

it('a disk that hangs holds up what waits for it, and nobody else', async () => {
  const { disk, server, connect } = await start();
  const [device, other] = [await connect(), await connect()];
  const bundle = await bundlePath(device);
  const before = syncsOf(disk, 'server.db-wal');
  const answered: string[] = [];
  disk.hold();
  const reported = report(other, 'installed').then(({ status }) => answered.push(`report: ${status}`));
  const created = create(server, 'board-2').then((status) => answered.push(`create: ${status}`));
  await eventually(() => syncsOf(disk, 'server.db-wal') > before);

  for (let index = 0; index < 100; index += 1) {
    const first = index * 64;
    const range = await device.request(bundle, { range: `bytes=${first}-${first + 63}` });
    expect({ status: range.status, length: range.body.length }).toEqual({ status: 206, length: 64 });
  }
  expect((await device.request('/health')).status).toBe(200);
  expect((await fetch(`${server.adminUrl}/health`)).status).toBe(200);
  expect((await poll(device)).status).toBe(200); // from memory, after a while
  expect(answered).toEqual([]);

  disk.go();
  await Promise.all([reported, created]);
  expect(answered.sort()).toEqual(['create: 201', 'report: 200']);
  expect(await server.stop()).toBe(0);
});

it('a disk that hangs in reads of a bundle holds up who reads them, and nobody else', async () => {
  const { folder, disk, server, connect } = await start({ imageSizeBytes: 2 << 20 });
  expect((await cli(folder, 'cert', 'device', 'board-2')).code).toBe(0);
  const [reader, other] = [await connect(), await connect('board-2')];
  const bundle = await bundlePath(reader);
  const read = (device: DeviceClient, first: number) =>
    device.request(bundle, { range: `bytes=${first}-${first + 63}` });
  expect((await read(reader, 0)).status).toBe(206); // its block is in memory
  const answered: number[] = [];
  disk.holdReads();
  // More than Node's own pool has threads.
  const held = Array.from({ length: 8 }, async (_, index) => {
    const { status, body } = await read(reader, (index + 1) * blockSizeBytes);
    answered.push(status);
    expect(body).toHaveLength(64);
  });
  await eventually(() => disk.heldReads().length >= 4);
  expect(disk.heldReads().filter(({ isLoop }) => isLoop)).toEqual([]);

  for (let turn = 0; turn < 20; turn += 1) {
    expect((await poll(other)).status).toBe(200);
    expect((await read(other, turn * 64)).status).toBe(206);
  }
  expect((await report(other, 'installed')).status).toBe(200);
  expect(await create(server, 'board-3')).toBe(201);
  expect((await fetch(`${server.adminUrl}/api/devices`)).status).toBe(200);
  expect((await poll(await connect('board-2'))).status).toBe(200); // on a new connection
  expect(answered).toEqual([]);

  disk.go();
  await Promise.all(held);
  expect(answered).toEqual(Array(8).fill(206));
  expect(await server.stop()).toBe(0);
});

it('uploads that wait for the disk hold up no download', async () => {
  const { disk, server, connect } = await start();
  const device = await connect();
  const bundle = await bundlePath(device);
  const { path: next } = await makeBundle({ compatible: 'test-board', version: '2.0.0' });
  const upload = async (content: Uint8Array<ArrayBuffer>, name: string) => {
    const body = new FormData();
    body.set('bundle', new Blob([content]), name);
    return (await fetch(`${server.adminUrl}/upload`, { method: 'POST', body })).status;
  };
  const answered: number[] = [];
  const before = disk.calls().length;
  disk.hold();
  // More than Node's own pool has threads, through which devices read.
  const contents = [
    new Uint8Array(await readFile(next)),
    ...Array.from({ length: 5 }, () => new Uint8Array(9)),
  ];
  const uploads = contents.map(async (content, index) => {
    answered.push(await upload(content, `upload-${index}.raucb`));
  });
  await eventually(() => disk.calls().length >= before + 4);
  for (let index = 0; index < 20; index += 1) {
    const range = await device.request(bundle, { range: `bytes=${index}-${index + 63}` });
    expect({ status: range.status, length: range.body.length }).toEqual({ status: 206, length: 64 });
  }
  expect(answered).toEqual([]);
  disk.go();
  await Promise.all(uploads);
  expect(answered.sort()).toEqual([201, 422, 422, 422, 422, 422]);
  expect(await server.stop()).toBe(0);
});

it('the event loop never waits for the disk: not at the first commit, while the -wal file goes into the database, or at the end', async () => {
  const { folder, disk, server: first } = await start();
  expect(await first.stop()).toBe(0);
  const server = await startServer({ folder, env: disk.env }); // on a database that is up to date, without a -wal file
  const before = disk.calls().length;
  const since = () => disk.calls().slice(before);
  for (let index = 0; !since().some(({ file }) => file === 'server.db'); index += 1) {
    expect(index).toBeLessThan(2_000);
    expect(await create(server, `new-${index}`)).toBe(201);
  }
  const atCheckpoint = since().length;
  expect(await server.stop()).toBe(0);
  expect(since().length).toBeGreaterThan(atCheckpoint); // what the end has to wait for
  expect(since().filter(({ isLoop }) => isLoop)).toEqual([]);
});

/** Whether a process does something of its own at SIGTERM; see proc(5). */
async function heedsSigterm({ process: { pid } }: ServerProcess): Promise<boolean> {
  const [, caught = ''] = /^SigCgt:\s+(\w+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${caught}`) & (1n << 14n)) !== 0n;
}

it('signals end a server whose disk hangs at the end, and the next start goes on', async () => {
  const { folder, disk, server: first } = await start();
  expect(await first.stop()).toBe(0);
  const server = await startServer({ folder, env: disk.env, args: ['--shutdown-grace', '1s'] });
  const before = syncsOf(disk, 'server.db-wal');
  disk.hold();
  const created = create(server, 'board-2');
  await eventually(() => syncsOf(disk, 'server.db-wal') > before);
  server.process.kill('SIGTERM');
  await expect(created).rejects.toThrow(); // cut off: nothing was acknowledged, and the end waits for the disk
  expect(await heedsSigterm(server)).toBe(true);
  server.process.kill('SIGTERM');
  await eventually(async () => !(await heedsSigterm(server))); // it exits as soon as its threads can
  server.process.kill('SIGTERM');
  await server.exited;

  disk.go();
  const again = await startServer({ folder, env: disk.env });
  expect(await create(again, 'board-3')).toBe(201);
  expect(await again.stop()).toBe(0);
});

it('a sync that fails ends the server with 70 and nothing acknowledged, and the next start goes on', async () => {
  const { folder, disk, server, connect } = await start();
  const device = await connect();
  await poll(device);
  disk.fail();
  const [reported, created] = await Promise.allSettled([
    report(device, 'installed'),
    create(server, 'board-2'),
  ]);
  const statusOf = (outcome: PromiseSettledResult<number>) =>
    outcome.status === 'fulfilled' ? outcome.value : 'none';
  expect(['none', 503]).toContain(reported.status === 'fulfilled' ? reported.value.status : 'none');
  expect(['none', 503]).toContain(statusOf(created));
  expect(await server.exited).toBe(70);
  expect(server.output.stderr).toMatch(/^error: .*EIO.*\nhint: /m);

  disk.go();
  const again = await startServer({ folder, env: disk.env });
  expect(await create(again, 'board-3')).toBe(201);
  expect(await again.stop()).toBe(0);
});
