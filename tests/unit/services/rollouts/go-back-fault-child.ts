/**
 * A process of its own that goes back to the release before, and dies around that. Arguments: data folder, and so many turns of
 * the event loop after it began, or `committed`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openChildServices } from '../../../support/child-services';

const [dataDir = '', point = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

async function main(): Promise<void> {
  const { services } = await openChildServices(dataDir, () => new Date('2026-11-02T13:00:00Z'));
  if (point === 'committed') {
    services.readJournal.listen((events) => {
      if (events.some(({ kind }) => kind === 'release.activated')) die();
    });
  }
  const gone = services.goBack.goBack({ compatible: 'test-board', actor: 'local' });
  if (point === 'committed') await gone;
  for (let turn = 0; turn < Number(point); turn += 1) await nextTurn();
  die();
}

void main();
