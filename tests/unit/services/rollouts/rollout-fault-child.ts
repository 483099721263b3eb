/**
 * A process of its own in which four devices install what they are offered, so that their rollout moves by itself, and which
 * dies around that move. Arguments: data folder, and so many turns of the event loop after the move is decided, or
 * `committed`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openChildServices } from '../../../support/child-services';
import { SimulatedDevice } from '../../../support/simulated-device';

const [dataDir = '', point = ''] = process.argv.slice(2);
const now = () => new Date('2026-11-02T12:01:00Z');
const die = () => process.kill(process.pid, 'SIGKILL');

async function main(): Promise<void> {
  const { services } = await openChildServices(dataDir, now);
  if (point === 'committed') {
    services.readJournal.listen((events) => {
      if (events.some(({ kind }) => kind === 'rollout.promoted')) die();
    });
  }
  for (let index = 0; index < 4; index += 1) {
    const device = new SimulatedDevice(services, `dev-${index}`, { now });
    if ((await device.offered()) !== 'v1.raucb') continue;
    await device.poll('t-1');
    device.boot('1.0.0');
    await device.poll();
  }
  const moved = services.runHousekeeping();
  if (point === 'committed') await moved;
  for (let turn = 0; turn < Number(point); turn += 1) await nextTurn();
  die();
}

void main();
