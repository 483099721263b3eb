/**
 * A process of its own that undoes a release, and dies around that. Arguments: data folder, so many turns of the event loop after
 * it began, or `committed`, and the release.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openChildServices } from '../../../support/child-services';

const [dataDir = '', point = '', release = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

async function main(): Promise<void> {
  const { services } = await openChildServices(dataDir, () => new Date('2026-11-02T13:00:00Z'));
  if (point === 'committed') {
    services.readJournal.listen((events) => {
      if (events.some(({ kind }) => kind === 'release.undone')) die();
    });
  }
  const undone = services.undoRelease.undo(Number(release), { name: 'local', address: null });
  if (point === 'committed') await undone;
  for (let turn = 0; turn < Number(point); turn += 1) await nextTurn();
  die();
}

void main();
