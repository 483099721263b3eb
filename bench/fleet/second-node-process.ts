/** The process of {@link SecondNode}: `second-node-process.ts DATABASE_URL DATA_DIR`. It ends when its parent disconnects. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { poll } from './polls';
import { openPostgresRig, type Rig } from './rig';
import type { Order, Report } from './second-node';

const [url = '', dataDir = ''] = process.argv.slice(2);

async function obey({ services }: Rig, order: Order): Promise<Report> {
  if ('poll' in order) return poll(services, order.poll);
  while (!services.manageRollouts.list().some(({ bundle }) => bundle.name === order.awaitReleaseOf))
    await nextTurn();
  return { atMs: Date.now() };
}

void openPostgresRig(url, dataDir).then((rig) => {
  rig.stopHousekeeping(); // a poll's cost includes its own
  process.on('message', (order: Order) => void obey(rig, order).then((report) => process.send?.(report)));
  process.once('disconnect', () => void rig.close());
  process.send?.('ready');
});
