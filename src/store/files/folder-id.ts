import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../base/files/replace-file';
import { readOnlyNoFollow } from '../refuse-links';
import { ifThere } from './if-there';

/**
 * The id of a bundle folder, which it keeps wherever it goes, in a file inside it.
 * @param newId for a folder that has none; where it cannot be kept, only for this time
 */
export async function folderIdOf(folder: string, newId: string): Promise<string> {
  const file = path.join(folder, '.id');
  try {
    const known = await ifThere(() => readFile(file, { encoding: 'utf8', flag: readOnlyNoFollow }));
    if (known !== undefined && known.trim() !== '') return known.trim();
    await replaceFile(file, `${newId}\n`, { mode: 0o600 });
  } catch {
    // Then a start after a crash waits until the run before is forgotten.
  }
  return newId;
}
