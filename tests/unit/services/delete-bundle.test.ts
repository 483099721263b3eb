import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import { refusal } from '../../support/refusal';
import { type OpenedServices, openServices } from '../../support/services';

let opened: OpenedServices;
beforeEach(async () => {
  opened = await openServices();
  await opened.publish((await makeBundle({ compatible: 'acme' })).path, { name: 'a.raucb' });
});
afterEach(() => opened.close());

const remove = (name: string) => opened.services.deleteBundle.delete({ name, actor: 'local' });

it('deletes a bundle: file, listing and downloads', async () => {
  expect(await remove('a.raucb')).toMatchObject({ name: 'a.raucb' });
  expect(opened.services.listBundles.list()).toEqual([]);
  expect(opened.services.readBundle.find('a.raucb')).toBeUndefined();
  expect(() => opened.services.listBundles.get('a.raucb')).toThrow(refusal('not-found'));
  expect(await readdir(path.join(opened.dataDir, 'bundles'))).toEqual(['.incoming']);
});

it('says that there was nothing to delete', async () => {
  await expect(remove('b.raucb')).rejects.toMatchObject({ code: 'not-found' });
  await expect(remove('../server.db')).rejects.toMatchObject({ code: 'not-found' });
  await remove('a.raucb');
  await expect(remove('a.raucb')).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses a bundle that is current, and says where', async () => {
  await opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' });
  await expect(remove('a.raucb')).rejects.toMatchObject({
    code: 'conflict',
    details: { activeFor: [{ compatible: 'acme', channel: 'stable' }] },
  });
  await opened.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
  await remove('a.raucb');
});

it('never deletes what is being activated at the same time', async () => {
  const [activated, deleted] = await Promise.allSettled([
    opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' }),
    remove('a.raucb'),
  ]);
  expect([activated.status, deleted.status]).toEqual(['fulfilled', 'rejected']);
  expect(opened.offered('acme')).toBe('a.raucb');
});

it('keeps the deletion across a restart', async () => {
  await remove('a.raucb');
  await opened.close();
  opened = await openServices({ dataDir: opened.dataDir });
  expect(opened.services.listBundles.list()).toEqual([]);
});
