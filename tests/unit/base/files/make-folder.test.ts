import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../../../src/base/files/make-folder';
import { temporaryFolder } from '../../../support/programs';

describe('making a folder', () => {
  it('makes those above it too, with the mode, and leaves one that is there as it is', async () => {
    const folder = path.join(await temporaryFolder(), 'data', 'bundles');
    await makeFolder(folder, 0o700);
    await makeFolder(folder, 0o755);
    for (const one of [folder, path.dirname(folder)]) expect((await stat(one)).mode & 0o777).toBe(0o700);
  });

  it('fails where a file is in the way', async () => {
    const file = path.join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(makeFolder(path.join(file, 'below'), 0o700)).rejects.toHaveProperty('code', 'ENOTDIR');
  });
});
