import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ValueSource } from '../../config/problem';
import type { Config } from '../../config/config';
import { token as tokenType } from '../../config/value-types/text';
import { DomainError } from '../../core/errors';
import { type CliContext, talk } from './context';
import { readInput } from './input-file';

const strongestFirst: readonly ValueSource[] = ['flag', 'env', '.env', 'default'];

/**
 * The token for the running server, given directly or in a file; the closer source wins.
 * @throws DomainError `configuration` for a file without a token; the message never contains the token
 */
export async function readAdminToken(context: CliContext, config: Config): Promise<string | null> {
  const { token, tokenFile, sources } = config;
  if (tokenFile === null) return token;
  const isTokenNearer = strongestFirst.indexOf(sources.token) < strongestFirst.indexOf(sources.tokenFile);
  if (token !== null && isTokenNearer) return token;
  await warnOfOpenFile(context, tokenFile);
  const [line = ''] = (await readInput(context, tokenFile, 'the token file')).toString().split('\n');
  const found = tokenType.parse(line.trim());
  if (found === undefined) {
    throw new DomainError('configuration', `the first line of ${tokenFile} is not a token`, {
      remedy: 'Put the token in that line exactly as `rauc-simple-server token create` printed it.',
    });
  }
  return found;
}

/** Anyone who can read the file can do what the token allows. If the file is missing, reading it will say so. */
async function warnOfOpenFile(context: CliContext, tokenFile: string): Promise<void> {
  if (tokenFile === '-') return;
  const file = path.resolve(context.surroundings.cwd, tokenFile);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true || (stats.mode & 0o077) === 0) return;
  talk(context, `warning: other users can read the token file; run: chmod 600 ${file}`);
}
