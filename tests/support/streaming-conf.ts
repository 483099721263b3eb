import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A system.conf for `rauc info` of a URL. As root, RAUC streams as the user `nobody`, who cannot read files in the tests' folders.
 * @param more lines, beginning in the section `[streaming]`
 */
export async function streamingConf(folder: string, more: readonly string[] = []): Promise<string> {
  const file = path.join(folder, 'system.conf');
  const lines = [
    '[system]',
    'compatible=any',
    'bootloader=noop',
    '',
    '[streaming]',
    'sandbox-user=root',
    ...more,
    '',
  ];
  await writeFile(file, lines.join('\n'));
  return file;
}
