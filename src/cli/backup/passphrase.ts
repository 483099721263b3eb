import { DomainError } from '../../core/errors';
import type { CliContext } from '../kernel/context';
import { readInput } from '../kernel/input-file';

/** A shorter passphrase can be guessed, however much each guess costs. */
const minLength = 12;

/** Reads the first line of a file. @throws DomainError `invalid-input`, `not-found`, `forbidden` */
export async function readPassphrase(context: CliContext, file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  const [line = ''] = (await readInput(context, file, 'the passphrase file')).toString().split(/\r?\n/);
  if (line.length >= minLength) return line;
  throw new DomainError(
    'invalid-input',
    `the first line of the passphrase file has fewer than ${minLength} characters`,
    {
      remedy: 'Make one with: openssl rand -base64 24.',
      details: { file },
    },
  );
}
