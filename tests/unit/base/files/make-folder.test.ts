import { stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../../../src/base/files/make-folder';
import { systemErrorCode } from '../../../../src/base/files/system-error';
import { temporaryFolder } from '../../../support/programs';

describe('making a folder', () => {
  it('makes those above it too, with the mode, and leaves one that is there as it is', async () => {
    const folder = path.join(await temporaryFolder(), 'data', 'bundles');
    await makeFolder(folder, 0o700);
    await makeFolder(folder, 0o755);
    for (const one of [folder, path.dirname(folder)]) expect((await stat(one)).mode & 0o777).toBe(0o700);
  });

  it('fails where a file is in the way, or a link leads nowhere', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'file'), '');
    await symlink('nowhere', path.join(folder, 'link'));
    const codes = ['file', 'file/below', 'link', 'link/below'].map((name) =>
      makeFolder(path.join(folder, name), 0o700).catch(systemErrorCode),
    );
    expect(await Promise.all(codes)).toEqual(['EEXIST', 'ENOTDIR', 'ENOENT', 'ENOENT']);
  });
});
