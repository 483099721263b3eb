import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../base/files/replace-file';
import { isOutOfSpace } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { kitName } from '../../services/certificates/make-device-kit';
import { type CliContext, talk } from '../kernel/context';

/** The absolute path of a device's kit. @param out a folder as it was named; default: the current one */
export function kitFile({ surroundings }: CliContext, id: string, out = '.'): string {
  return path.join(path.resolve(surroundings.cwd, out), `${kitName(id)}.tar.gz`);
}

/**
 * Writes a kit, which gets its name once it is complete. Only its owner can read it, because it may contain a private
 * key.
 * @throws DomainError `storage-full`
 */
export async function writeKit({ surroundings }: CliContext, file: string, archive: Buffer): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${surroundings.newId()}.part`; // two commands at once do not disturb each other
    await replaceFile(file, archive, { mode: 0o600, temporary });
  } catch (cause) {
    if (!isOutOfSpace(cause)) throw cause;
    throw new DomainError('storage-full', `no space left to write ${file}`, {
      cause,
      remedy: 'Free some space, then run the command again.',
    });
  }
}

/** How to install a kit on its device. */
export function tellHowToInstall(context: CliContext, id: string): void {
  talk(context, `\nOn the device, as root:\n\n  tar -xzf ${kitName(id)}.tar.gz && ${kitName(id)}/install.sh`);
}
