import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openStore } from '../../src/store/store';
import { countRollout, look } from './looks';
import { poll } from './polls';
import { ask, drive, openRig, register, release, type Rig } from './rig';

const entryPoint = path.join(__dirname, '../../bin/rauc-simple-server.js');
const onLoopback = ['--admin-port', '0', '--device-port', '0', '--device-host', '127.0.0.1'];

/** Measures a fleet in the embedded database. */
export async function measureEmbedded(devices: number, folder: string): Promise<void> {
  const dataDir = path.join(folder, String(devices));
  console.log(`${devices} devices`);
  await makeFleet(devices, dataDir);
  await start(dataDir); // makes the certificates
  console.log(`  start of the server until it lists devices: ${(await start(dataDir)).toFixed(2)} s`);
  const opened = await open(dataDir);
  let index = 0;
  // Each polls once, as after a restart; no more of them in one turn of the event loop than may arrive at once.
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
  await countRollout(opened);
  await opened.close();
  const sizeBytes = statSync(path.join(dataDir, 'server.db')).size;
  console.log(
    `  database: ${(sizeBytes / 2 ** 20).toFixed(1)} MiB, ${Math.round(sizeBytes / devices)} bytes a device`,
  );
}

async function open(dataDir: string): Promise<Rig> {
  return openRig(
    await openStore(dataDir, { newName: randomUUID, pid: process.pid, diskThread: {} }),
    dataDir,
  );
}

/** Makes a fleet, and leaves nothing of it in memory. */
async function makeFleet(devices: number, dataDir: string): Promise<void> {
  const fresh = await open(dataDir);
  await release(fresh.services);
  console.log(`  first contacts: ${Math.round(await register(fresh.services, devices))} a second`);
  await fresh.close();
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
