/**
 * A process of its own in which a rollout becomes complete, or gives way to another release, and which dies around that.
 * Arguments: data folder, `complete` or `replace`, and so many turns of the event loop after it began, or `committed`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openChildServices } from '../../../support/child-services';

const [dataDir = '', what = '', point = ''] = process.argv.slice(2);
const now = () => new Date('2026-11-02T12:05:00Z');
const die = () => process.kill(process.pid, 'SIGKILL');
const committedKind = what === 'complete' ? 'rollout.completed' : 'release.activated';

async function main(): Promise<void> {
  const { services } = await openChildServices(dataDir, now);
  if (point === 'committed') {
    services.readJournal.listen((events) => {
      if (events.some(({ kind }) => kind === committedKind)) die();
    });
  }
  const done =
    what === 'complete'
      ? services.runHousekeeping()
      : services.activateRelease.activate({ name: 'v2.raucb', actor: 'local' });
  if (point === 'committed') await done;
  for (let turn = 0; turn < Number(point); turn += 1) await nextTurn();
  die();
}

void main();
