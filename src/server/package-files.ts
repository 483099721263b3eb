import { readFile } from 'node:fs/promises';
import path from 'node:path';

const packageDir = path.join(__dirname, '../..');

/** Folder of the dashboard's files. */
export const publicDir = path.join(packageDir, 'public');

/** Reads a text of `bin/device-kit`. */
export function readKitText(name: string): Promise<string> {
  return readFile(path.join(packageDir, 'bin/device-kit', name), 'utf8');
}
