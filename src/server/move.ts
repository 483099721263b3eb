import type { Config } from '../config/config';
import type { InstallationPlace, Moved, MoveRequest } from '../ports/moves';
import { addRevocations } from '../pki/revocation-list';
import { moveInstallation } from '../store/move/move-installation';
import { loadPostgresStore } from './load-postgres';
import { openObjects } from './object-store-data';

/** Moves an installation, with the object store that the options name. */
export async function move(config: Config, request: MoveRequest): Promise<Moved> {
  const moved = await moveInstallation({
    ...request,
    pid: process.pid,
    openObjects: (address) => openObjects(config, address, movePatienceMs),
  });
  await moveRevocations(config, request);
  return moved;
}

/** How long a store that does not answer is tried again, in milliseconds. */
const movePatienceMs = 20_000;

/** Without PostgreSQL they are in `certs/`, which both installations use. A move that is interrupted before this ends is run again. */
async function moveRevocations({ certsDir }: Config, { from, to }: MoveRequest): Promise<void> {
  const source = sharedRevocations(from);
  if (source === undefined) return;
  const revocations = await source.all();
  const target = sharedRevocations(to);
  if (target === undefined) await addRevocations({ dir: certsDir }, revocations);
  else await target.add(revocations);
}

function sharedRevocations({ databaseUrl }: InstallationPlace) {
  return databaseUrl === null ? undefined : loadPostgresStore().openPostgresRevocations(databaseUrl);
}
