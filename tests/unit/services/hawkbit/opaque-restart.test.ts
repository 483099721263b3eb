import { Readable } from 'node:stream';
import { openServices } from '../../../support/services';

const actor = { name: 'ann', address: null };
const allowOpaque = () => ({ allowOpaque: true });

it('a device gets no opaque file once the server does not accept them, even one that it was told of before', async () => {
  const first = await openServices({ change: allowOpaque });
  const { manageDrafts, uploadFile, publishBundle, manageDevices, assignBundle } = first.services;
  const [module] = await manageDrafts.addModules([{ name: 'm', version: '1', type: 'os' }], actor);
  const staged = await publishBundle.stage(Readable.from([Buffer.from('random bytes')]), {
    limitBytes: 1_000,
  });
  const target = { moduleId: module?.id ?? 0, fileName: 'random.bin', actor };
  const { name } = await uploadFile.upload(staged, target);
  await manageDevices.create('board-1', {}, actor);
  await assignBundle.assign('board-1', name, actor);
  expect(first.services.readBundle.find(name)?.name).toBe(name);
  await first.close();

  const { dataDir } = first;
  const strict = await openServices({ dataDir });
  expect((await strict.services.manageDevices.get('board-1')).device.pin?.bundleName).toBe(name);
  expect(strict.services.readBundle.find(name)).toBeUndefined();
  await expect(strict.services.assignBundle.assign('board-1', name, actor)).rejects.toMatchObject({
    code: 'bundle-untrusted',
  });
  await strict.close();

  const again = await openServices({ dataDir, change: allowOpaque });
  expect(again.services.readBundle.find(name)?.name).toBe(name);
  await again.close();
});
