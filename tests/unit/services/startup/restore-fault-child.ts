/**
 * A process of its own that releases one bundle after the other and dies in the middle of it, or while it starts.
 * Arguments: data folder, and so many turns of the event loop before it dies.
 */
import { openChildServices } from '../../../support/child-services';

const [dataDir = '', turns = ''] = process.argv.slice(2);
let left = Number(turns);

function countDown(): void {
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  left -= 1;
  setImmediate(countDown);
}

async function main(): Promise<void> {
  countDown();
  const { services } = await openChildServices(dataDir);
  for (let index = 0; ; index += 1) {
    const name = index % 2 === 0 ? 'a.raucb' : 'b.raucb';
    await services.activateRelease.activate({ name, actor: 'local' });
  }
}

void main();
