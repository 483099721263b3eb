import { join } from 'node:path';
import { loadAuthorities } from './authority';
import { exists } from './file-pair';

/**
 * What devices verify the server with, in PEM: the certificates of `ca.crt`, and nothing else that somebody may have put there.
 * @returns `null` when there is no such file
 * @throws DomainError `configuration` when it is not what it should be
 */
export async function readCa(dir: string): Promise<string | null> {
  if (!(await exists(join(dir, 'ca.crt')))) return null;
  return (await loadAuthorities(dir)).map(({ x509 }) => x509.toString()).join('');
}
