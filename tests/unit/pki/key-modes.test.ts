import { chmod, rm } from 'node:fs/promises';
import { sayWhy } from '../../../src/core/circumstances/sentences';
import { findOpenKeys } from '../../../src/pki/key-modes';
import { folderWithCa } from '../../support/certificate-folder';

it.each([0o640, 0o604, 0o660, 0o622])('a key of mode %o is named with what mends it', async (mode) => {
  const { folder, dir, at } = await folderWithCa();
  await folder.createServer({ names: ['localhost'], ips: [] });
  expect(await findOpenKeys(dir)).toEqual([]);
  for (const name of ['ca.key', 'server.key']) await chmod(at(name), mode);
  expect((await findOpenKeys(dir)).map(({ path, remedy }) => [path, sayWhy(remedy)])).toEqual([
    [at('ca.key'), `chmod 600 ${at('ca.key')}`],
    [at('server.key'), `chmod 600 ${at('server.key')}`],
  ]);
  expect((await folder.verify()).filter(({ path }) => path.endsWith('.key'))).toHaveLength(2);
});

it('a key that is kept elsewhere is not missed', async () => {
  const { dir, at } = await folderWithCa();
  await rm(at('ca.key'));
  expect(await findOpenKeys(dir)).toEqual([]);
});
