import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from '../contender';
import type { Rig } from '../rig';
import { startBare } from './bare';
import { startFastApi } from './fastapi';
import { startNginx } from './nginx';
import { copyData, startOurs } from './ours';
import type { Server } from './server';

/** Starts a contender on the servers' core; this server, with a copy of the prepared data. */
export async function startServer(contender: Contender, rig: Rig): Promise<Server> {
  const core = rig.cores.server;
  switch (contender.kind) {
    case 'ours': {
      const dataDir = await mkdtemp(path.join(rig.folder, 'data-'));
      await copyData(rig, dataDir);
      return startOurs(rig, { node: contender.node, dataDir, core });
    }
    case 'bare':
      return startBare(rig, contender.node, { core });
    case 'nginx':
      return startNginx(rig);
    case 'fastapi':
      return startFastApi(rig);
    case 'tools':
      throw new Error(`${contender.name} is not a server`);
  }
}
