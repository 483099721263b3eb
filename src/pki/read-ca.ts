import { join } from 'node:path';
import { loadAuthorities } from './authority';
import { exists } from './file-pair';

/**
 * The CAs with which devices verify the server, in PEM: only the certificates in `ca.crt`, whatever else is in the file.
 * @returns `null` when the file does not exist
 * @throws DomainError `configuration` when it is not valid
 */
export async function readCa(dir: string): Promise<string | null> {
  if (!(await exists(join(dir, 'ca.crt')))) return null;
  return (await loadAuthorities(dir)).map(({ x509 }) => x509.toString()).join('');
}
