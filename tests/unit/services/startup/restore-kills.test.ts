import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { run } from '../../../support/programs';
import { openServices } from '../../../support/services';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'restore-fault-child.ts');

/** How many kills, each somewhere else; more of them for who changed what is killed here. */
const kills = Number(process.env['RESTORE_KILLS'] ?? 8);

it(`a kill never looks like a restore (${kills} of them, one after the other on one folder)`, async () => {
  const first = await openServices();
  for (const [name, seed] of [
    ['a.raucb', 'a'],
    ['b.raucb', 'b'],
  ] as const)
    await first.publish((await makeBundle({ seed })).path, { name, activate: true });
  await first.close();
  const { dataDir } = first;
  for (let index = 0; index < kills; index += 1) {
    // From the start, over the first commits, to the middle of a long run of them.
    const turns = Math.round(600 * (index / kills) ** 2);
    const { code, stderr } = await run(process.execPath, ['-r', hook, child, dataDir, String(turns)]);
    expect({ code, stderr }).toEqual({ code: 128, stderr: '' });
    const opened = await openServices({ dataDir, now: () => new Date() }); // as the child's clock
    const { manageRollouts, readJournal } = opened.services;
    expect({ turns, states: manageRollouts.list().map(({ rollout }) => rollout.state) }).toEqual({
      turns,
      states: ['running'],
    });
    expect((await readJournal.search({ kinds: ['rollout.paused'] }, { limit: 1 })).events).toEqual([]);
    expect(opened.log.filter(({ level }) => level === 'error')).toEqual([]);
    await opened.close();
  }
});
