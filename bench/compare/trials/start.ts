import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from '../contender';
import type { Rig } from '../rig';
import { startBare } from '../servers/bare';
import { copyData, startOurs } from '../servers/ours';
import type { Server } from '../servers/server';
import type { Trial } from './trial';

/** How long a server takes from its process to its ports, in seconds, with all cores. */
export async function timeOfStart(contender: Contender, rig: Rig): Promise<Trial> {
  const dataDir = await mkdtemp(path.join(rig.folder, 'start-'));
  await copyData(rig, dataDir);
  const start = (): Promise<Server> => {
    if (contender.kind === 'ours') return startOurs(rig, { node: contender.node, dataDir, core: null });
    if (contender.kind === 'bare') return startBare(rig, contender.node, { core: null });
    throw new Error(`${contender.name} is not compared by its start`);
  };
  return async () => {
    let seconds = 0;
    for (let i = 0; i < rig.scale.starts; i++) {
      const begin = performance.now();
      const server = await start();
      seconds += (performance.now() - begin) / 1_000;
      await server.stop();
    }
    return [seconds / rig.scale.starts];
  };
}
