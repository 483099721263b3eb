import type { ValueSource } from '../config/problem';
import type { Config } from '../config/config';
import { token as tokenType } from '../config/value-types';
import { DomainError } from '../core/errors';
import type { CliContext } from './context';
import { readInput } from './input-file';

const strongestFirst: readonly ValueSource[] = ['flag', 'env', '.env', 'default'];

/**
 * The token for the running server: the one given directly or the one in a file, whichever is given nearer.
 * @throws DomainError `configuration` for a file without a token; never with the token in the message
 */
export async function readAdminToken(context: CliContext, config: Config): Promise<string | null> {
  const { token, tokenFile, sources } = config;
  if (tokenFile === null) return token;
  const isTokenNearer = strongestFirst.indexOf(sources.token) < strongestFirst.indexOf(sources.tokenFile);
  if (token !== null && isTokenNearer) return token;
  const [line = ''] = (await readInput(context, tokenFile, 'the token file')).toString().split('\n');
  const found = tokenType.parse(line.trim());
  if (found === undefined) {
    throw new DomainError('configuration', `the first line of ${tokenFile} is no token`, {
      remedy: 'Put the token there as `rauc-simple-server token create` printed it.',
    });
  }
  return found;
}
