import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { ObeyingDisk } from '../../../support/obeying-disk';
import { temporaryFolder } from '../../../support/programs';
import { openServices } from '../../../support/services';

it('a release that is being undone is offered to nobody, also while the disk is waited for', async () => {
  const dataDir = path.join(await temporaryFolder(), 'data');
  const disk = new ObeyingDisk(dataDir);
  const opened = await openServices({ dataDir, diskThread: disk.thread() });
  const { undoRelease, manageRollouts } = opened.services;
  const { path: bundle } = await makeBundle({ compatible: 'test-board' });
  await opened.publish(bundle, { name: 'wrong.raucb', activate: true });
  expect(await opened.offered('test-board')).toBe('wrong.raucb');
  const heard: string[] = [];
  opened.services.readJournal.listen((events) => heard.push(...events.map(({ kind }) => kind)));

  disk.tell('hold');
  const undone = undoRelease.undo(manageRollouts.list()[0]?.id ?? 0, { name: 'ann', address: null });
  void undone.then(() => heard.push('answered'));
  await eventually(async () => (await opened.offered('test-board')) !== 'wrong.raucb');
  expect(heard).toEqual([]); // but nobody is told yet

  disk.tell('go');
  expect(await undone).toBeNull();
  expect(heard).toEqual(['release.undone', 'answered']);
  await opened.close();
});
