import { open } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import type { CliContext } from './context';
import { ServerRefusal } from './server-refusal';

/** Far larger than any certificate chain, request or token. */
const limitBytes = 1024 * 1024;

/**
 * Reads a small file named on the command line, `-` meaning standard input.
 * @param what its name in messages
 * @throws DomainError `not-found`, `forbidden`, `invalid-input`
 */
export async function readInput(
  { terminal, surroundings }: CliContext,
  name: string,
  what: string,
): Promise<Buffer> {
  if (name === '-') return judgingFile(name, () => collectBytes(terminal.stdin, what));
  const file = path.resolve(surroundings.cwd, name);
  try {
    const handle = await open(file, 'r');
    return await judgingFile(file, () => collectBytes(handle.createReadStream(), what));
  } catch (error) {
    throw fileFailure(error, file, what);
  }
}

/**
 * Runs a check of a file's content: wrong content is a refusal, not wrong usage.
 * @param file as it was named; `undefined` when there is none
 */
export async function judgingFile<Result>(
  file: string | undefined,
  judge: () => Promise<Result>,
): Promise<Result> {
  try {
    return await judge();
  } catch (error) {
    if (file === undefined) throw error;
    if (error instanceof ServerRefusal && error.code === 'invalid-input') {
      throw new ServerRefusal(error.code, error.message, error.remedy, { ...error.details, file });
    }
    if (!(error instanceof DomainError) || error.code !== 'invalid-input') throw error;
    const { code, message, remedy, details } = error;
    throw new DomainError(code, message, {
      cause: error,
      ...(remedy === undefined ? {} : { remedy }),
      details: { ...details, file },
    });
  }
}

async function collectBytes(stream: NodeJS.ReadableStream, what: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of stream) {
    const bytes = Buffer.from(piece);
    sizeBytes += bytes.length;
    if (sizeBytes > limitBytes) throw new DomainError('invalid-input', `${what} is larger than 1 MiB`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

/** Turns a file system error about a named file into one that people can act on. */
export function fileFailure(error: unknown, file: string, what: string): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DomainError('not-found', `${what} ${file} does not exist`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new DomainError('forbidden', `no permission to read ${what} ${file}`, { cause: error });
    case 'EISDIR':
      return new DomainError('invalid-input', `${what} ${file} is a folder`, {
        cause: error,
        details: { file },
      });
    default:
      return error;
  }
}
