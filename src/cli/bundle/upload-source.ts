import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { parseBundleName } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { CliContext } from '../kernel/context';
import { fileFailure } from '../kernel/input-file';

/** The bytes of one upload. */
export interface UploadSource {
  readonly content: Readable;
  /** `null` for standard input, whose size is not known until it ends. */
  readonly sizeBytes: number | null;
  close(): Promise<void>;
}

/** How much of a file is read and sent at once. */
const pieceSizeBytes = 256 * 1024;

/**
 * The server's name for each file, in order.
 * @param files as they were named, `-` meaning standard input
 * @param given the name given for a single file
 * @throws DomainError `invalid-input`, `not-found`, `forbidden`; `configuration` for options that exclude each other
 */
export async function namesOf(
  context: CliContext,
  files: readonly string[],
  given: string | undefined,
): Promise<readonly string[]> {
  if (given !== undefined && files.length > 1) {
    throw new DomainError('configuration', '--name takes only one file', {
      remedy: 'Leave it out, or upload the files one by one.',
    });
  }
  if (given === undefined && files.includes('-')) {
    throw new DomainError('configuration', 'standard input has no file name', {
      remedy: 'Upload it on its own and name it: --name fw-2.0.0.raucb.',
    });
  }
  if (given !== undefined) return files.map(() => parseBundleName(given));
  const names: string[] = [];
  for (const file of files) names.push(await nameOf(context, file));
  return names;
}

/** If the file is missing, or is not a file, that is reported first. */
async function nameOf(context: CliContext, file: string): Promise<string> {
  try {
    return parseBundleName(path.basename(file));
  } catch (error) {
    await (await openSource(context, file)).close();
    throw error;
  }
}

/** @throws DomainError `not-found`, `forbidden`, `invalid-input` for the file */
export async function openSource(
  { terminal, surroundings }: CliContext,
  name: string,
): Promise<UploadSource> {
  if (name === '-') {
    const { stdin } = terminal;
    return {
      content: stdin,
      sizeBytes: null,
      close() {
        stdin.destroy(); // a program that still writes to standard input must not keep this one running
        return Promise.resolve();
      },
    };
  }
  const file = path.resolve(surroundings.cwd, name);
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw fileFailure(error, file, 'the bundle');
  });
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size === 0) {
    await handle.close();
    throw new DomainError('invalid-input', `${file} is ${stats.isFile() ? 'empty' : 'not a file'}`, {
      details: { file },
    });
  }
  // Up to the announced size, even if the file grows meanwhile.
  const content = handle.createReadStream({ end: stats.size - 1, highWaterMark: pieceSizeBytes });
  return {
    content,
    sizeBytes: stats.size,
    async close() {
      content.destroy();
      await handle.close();
    },
  };
}
