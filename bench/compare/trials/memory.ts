import { setTimeout as delay } from 'node:timers/promises';
import type { Contender } from '../contender';
import { openLoad, type ReadyLoad } from '../load';
import { openConnections } from '../open-connections';
import { residentBytes } from '../../process-figures';
import type { Rig } from '../rig';
import { bundlePath } from '../servers/server';
import { startServer } from '../servers/start-server';
import type { Trial } from './trial';

const mib = 1 << 20;
const lookEveryMs = 50;
/** A server allows a device a few hundred connections, and an address a limited number of handshakes a second. */
const devicesAtOnce = 32;
const handshakesAtOnce = 16;
/** libcurl checks every download of a load again and again, so small loads take far less processor time. */
const downloadsOfLoad = 100;

/**
 * How much a server's memory grows while devices stall whole downloads, and how much of that remains after they have
 * left; both in MiB, on top of what one download needs.
 */
export function memoryOfStalled(contender: Contender, rig: Rig): Promise<Trial> {
  const { stalledDownloads, watchMs, giveBackMs } = rig.scale;
  const { ca, devices } = rig.certificates;
  return Promise.resolve(async () => {
    const server = await startServer(contender, rig);
    const downloads = {
      url: server.url('HTTP/2') + bundlePath,
      protocol: 'HTTP/2' as const,
      ...{ copyPath: rig.bundle.path, ca, devices: devices.slice(0, devicesAtOnce), rangeBytes: 0 },
    };
    const one = await openLoad(rig, { ...downloads, requests: 1, parallel: 1, connections: 'kept' });
    await one.run();
    await one.close();
    const before = residentBytes(server.pids);
    const stalled: ReadyLoad[] = [];
    for (let left = stalledDownloads; left > 0; left -= downloadsOfLoad)
      stalled.push(
        await openLoad(rig, {
          ...downloads,
          ...{ parallel: handshakesAtOnce, connections: 'stalled' as const },
          requests: Math.min(left, downloadsOfLoad),
        }),
      );
    let most = residentBytes(server.pids);
    const end = performance.now() + watchMs;
    while (performance.now() < end) {
      await delay(lookEveryMs);
      most = Math.max(most, residentBytes(server.pids));
    }
    for (const load of stalled) await load.run();
    const held = openConnections(Number(new URL(downloads.url).port));
    if (held < stalledDownloads)
      throw new Error(`${held} of ${stalledDownloads} downloads were still held up in the end`);
    await Promise.all(stalled.map((load) => load.close()));
    await delay(giveBackMs);
    const after = residentBytes(server.pids);
    await server.stop();
    return [(most - before) / mib, (after - before) / mib];
  });
}
