import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { systemErrorCode } from '../base/files/system-error';
import type { ConfigProblem } from './problem';
import type { Environment } from './environment';

/**
 * Reads a `.env` file, if there is one. A file that cannot be read is a problem, since falling back to defaults could mean an
 * open port.
 */
export function readDotenv(path: string | null, problems: ConfigProblem[]): Environment {
  if (path === null) return {};
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return {};
    const reason = systemErrorCode(error) ?? (error instanceof Error ? error.message : 'unknown error');
    problems.push({ option: path, source: '.env', message: `cannot read the file (${reason})` });
    return {};
  }
}
