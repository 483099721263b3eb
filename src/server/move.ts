import type { Config } from '../config/config';
import type { Moved, MoveRequest } from '../ports/moves';
import { moveInstallation } from '../store/move/move-installation';
import { openObjects } from './object-store-data';

/** Moves an installation, with the object store that the options name. */
export function move(config: Config, request: MoveRequest): Promise<Moved> {
  return moveInstallation({
    ...request,
    pid: process.pid,
    openObjects: (address) => openObjects(config, address, movePatienceMs),
  });
}

/** How long requests to a store that does not answer are retried, in milliseconds. */
const movePatienceMs = 20_000;
