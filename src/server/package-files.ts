import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const packageDir = folderOfPackage(__dirname);

/** The folder of the dashboard's files. */
export const publicDir = path.join(packageDir, 'public');

/** Reads a text of `bin/device-kit`. */
export function readKitText(name: string): Promise<string> {
  return readFile(path.join(packageDir, 'bin/device-kit', name), 'utf8');
}

/** The built server is one file in `dist/`; in tests this module is where it was written. */
function folderOfPackage(folder: string): string {
  return existsSync(path.join(folder, 'package.json')) ? folder : folderOfPackage(path.dirname(folder));
}
