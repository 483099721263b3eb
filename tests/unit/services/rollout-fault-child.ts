/**
 * A process of its own in which four devices install what they are offered, so that their rollout moves by itself, and which
 * dies as soon as the move is committed. Argument: data folder.
 */
import { openChildServices } from '../../support/child-services';
import { SimulatedDevice } from '../../support/simulated-device';

const now = () => new Date('2026-11-02T12:01:00Z');

async function main(): Promise<void> {
  const { services } = await openChildServices(process.argv[2] ?? '', now);
  services.readJournal.listen((events) => {
    if (events.some(({ kind }) => kind === 'rollout.promoted')) process.kill(process.pid, 'SIGKILL');
  });
  for (let index = 0; index < 4; index += 1) {
    const device = new SimulatedDevice(services, `dev-${index}`, { now });
    if ((await device.offered()) !== 'v1.raucb') continue;
    await device.poll('t-1');
    device.boot('1.0.0');
    await device.poll();
  }
  await services.tend();
}

void main();
