import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../../../support/programs';
import { folderIdOf } from '../../../../src/store/files/folder-id';

describe('the id of a bundle folder', () => {
  it('stays the one that it was given first, also when the folder moves', async () => {
    const folder = await temporaryFolder();
    expect(await folderIdOf(folder, 'first')).toBe('first');
    const moved = `${folder}-moved`;
    await rename(folder, moved);
    expect(await folderIdOf(moved, 'second')).toBe('first');
  });

  it('is not read through a link', async () => {
    const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(path.join(other, 'id'), 'another\n');
    await symlink(path.join(other, 'id'), path.join(folder, '.id'));
    expect(await folderIdOf(folder, 'own')).toBe('own');
    expect(await readFile(path.join(other, 'id'), 'utf8')).toBe('another\n');
  });
});
